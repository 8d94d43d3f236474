import { rmSync } from 'node:fs'

import type { Clock } from '@failover-ip/provider'

import type { LocalCloud } from '../clouds/local-cloud.ts'
import { startDemoCluster } from './demo-cluster.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { createEndings } from './endings.ts'
import { introduction } from './introduction.ts'
import { runLiveDemo } from './live-demo.ts'
import { logTail } from './log-tail.ts'
import { startReplicas } from './replicas.ts'
import type { Replicas } from './replicas.ts'
import { runScriptedFailover } from './scripted-failover.ts'
import type { ScriptResult } from './scripted-failover.ts'
import type { Terminal } from './terminal.ts'
import { watchCluster } from './watch-cluster.ts'
import type { ClusterWatch } from './watch-cluster.ts'

export interface DemoContext {
  readonly cloud: LocalCloud
  readonly nodes: number
  /** What follows the name of the Node.js binary to run a replica. */
  readonly replicaProgram: readonly string[]
  readonly write: (text: string) => void
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  /** Given what ends everything at once when there is no time to wait: processes and files. */
  readonly onExit?: (endNow: () => void) => void
}

/** All that runs. */
export interface RunningDemo {
  readonly cluster: DemoCluster
  readonly replicas: Replicas
  readonly watch: ClusterWatch
  /** Aborted with the demo's own signal, and when a replica ends by itself. */
  readonly signal: AbortSignal
}

/** One failover by itself, line by line. Rejects with the reason when it fails; `onDone` sees how it ended before all is gone. */
export function runScriptedDemo(
  context: DemoContext,
  onDone: (demo: RunningDemo, result: ScriptResult) => Promise<void> = async () => undefined,
): Promise<void> {
  const say = (who: string, what: string): void => {
    const seconds = (context.clock.monotonic() / 1_000).toFixed(1)
    context.write(`${seconds.padStart(6)} s  ${who.padEnd(9)}${what}\n`)
  }
  return withDemo(context, async (demo) => {
    const stopTelling = demo.watch.onEvent(({ type, reason, note }) => say('event', `${type} ${reason}: ${note}`))
    try {
      await onDone(demo, await runScriptedFailover({ ...demo, say }))
    } finally {
      stopTelling()
    }
  })
}

/** The cluster on a terminal, until the user quits. */
export function runInteractiveDemo(
  context: DemoContext,
  { terminal, color }: { readonly terminal: Terminal; readonly color: boolean },
): Promise<void> {
  const { clock } = context
  return withDemo(context, (demo) => runLiveDemo({ ...demo, terminal, color, clock }))
}

/** Starts everything, works, and ends everything, whatever happens. */
export async function withDemo(context: DemoContext, work: (demo: RunningDemo) => Promise<void>): Promise<void> {
  const { clock, random, write } = context
  const endings = createEndings()
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  try {
    const cluster = await startDemoCluster(context)
    endings.add(() => cluster[Symbol.asyncDispose]())
    const replicas = startReplicas({
      names: ['replica-1', 'replica-2'],
      program: context.replicaProgram,
      ...cluster,
      cloud: context.cloud.provider.name,
      clock,
      onEnded: (error) => failed.abort(error),
    })
    endings.add(() => replicas[Symbol.asyncDispose]())
    context.onExit?.(() => {
      replicas.killAll()
      rmSync(cluster.folder, { recursive: true, force: true })
    })
    const watch = watchCluster({ transport: cluster.transport, clock, random })
    const watching = new AbortController()
    const watched = watch.run(watching.signal)
    endings.add(() => {
      watching.abort()
      return watched
    })
    await cluster.apply(signal)
    write(introduction(cluster))
    try {
      await work({ cluster, replicas, watch, signal })
    } catch (error) {
      if (!context.signal.aborted) await writeLogTails(replicas, write)
      throw error
    }
  } finally {
    await endings.run()
  }
}

const tailLines = 12

async function writeLogTails(replicas: Replicas, write: (text: string) => void): Promise<void> {
  for (const name of replicas.names) {
    const lines = await logTail(replicas.logFile(name), tailLines)
    write(`\nEnd of the log of ${name}:\n${lines.map((line) => `    ${line}\n`).join('')}`)
  }
}
