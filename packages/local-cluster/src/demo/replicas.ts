import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

import type { Clock } from '@failover-ip/provider'

import { cloudVariable, networkVariable } from '../replica/variables.ts'
import { operatorNamespace } from './demo-manifests.ts'
import { ReplicaEndedError } from './replica-ended-error.ts'

/** The operator's processes. */
export interface Replicas extends AsyncDisposable {
  readonly names: readonly string[]
  /** Unix milliseconds; absent while it is not running. */
  startedAt(name: string): number | undefined
  logFile(name: string): string
  /** Takes its life at once, as a crash does; it is started again a second later. */
  kill(name: string): void
  /** Ends all at once, without waiting: when there is no time left. */
  killAll(): void
}

export interface ReplicasOptions {
  readonly names: readonly string[]
  /** What follows the name of the Node.js binary. */
  readonly program: readonly string[]
  readonly kubeconfig: string
  /** Name of the provider. */
  readonly cloud: string
  readonly networkUrl: string
  /** For the logs. */
  readonly folder: string
  readonly clock: Clock
  /** Told when one has ended that nobody killed. */
  readonly onEnded: (error: ReplicaEndedError) => void
}

const restartMilliseconds = 1_000
/** As long as a Deployment would be patient with something that has nothing to finish. */
const patienceMilliseconds = 5_000

/** Starts all of them. */
export function startReplicas(options: ReplicasOptions): Replicas {
  const { names, folder, clock, onEnded } = options
  const running = new Map<string, { readonly child: ChildProcess; readonly startedAt: number }>()
  const killed = new WeakSet<ChildProcess>()
  const stop = new AbortController()
  const logFile = (name: string): string => join(folder, `${name}.log`)

  const start = (name: string): void => {
    const child = spawnReplica(name, logFile(name), options)
    running.set(name, { child, startedAt: clock.now() })
    child.once('error', (cause) => {
      running.delete(name)
      onEnded(new ReplicaEndedError(name, cause.message, logFile(name)))
    })
    child.once('exit', (code, signal) => {
      running.delete(name)
      if (stop.signal.aborted) return
      if (!killed.has(child)) {
        onEnded(new ReplicaEndedError(name, signal ?? `exit code ${code}`, logFile(name)))
        return
      }
      const again = clock.sleep(restartMilliseconds, { signal: stop.signal }).then(() => start(name))
      again.catch(() => undefined) // The demo ended meanwhile.
    })
  }
  const killAll = (): void => {
    stop.abort()
    for (const { child } of running.values()) child.kill('SIGKILL')
  }
  for (const name of names) start(name)

  return {
    names,
    startedAt: (name) => running.get(name)?.startedAt,
    logFile,
    kill: (name) => {
      const child = running.get(name)?.child
      if (child === undefined) return
      killed.add(child)
      child.kill('SIGKILL')
    },
    killAll,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      const ended = [...running.values()].map(
        ({ child }) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
      )
      for (const { child } of running.values()) child.kill('SIGTERM')
      const patience = new AbortController()
      clock.sleep(patienceMilliseconds, { signal: patience.signal }).then(killAll, () => undefined)
      await Promise.all(ended)
      patience.abort()
    },
  }
}

/** The flags of a production operator; its pod's name is the replica's. */
function spawnReplica(name: string, logFile: string, options: ReplicasOptions): ChildProcess {
  const { program, kubeconfig, networkUrl, cloud } = options
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${operatorNamespace}`,
    '--metrics-bind-address=127.0.0.1:0',
    '--health-probe-bind-address=127.0.0.1:0',
    '--log-format=text',
  ]
  const log = openSync(logFile, 'a', 0o600)
  try {
    return spawn(process.execPath, [...program, ...flags], {
      // The pipe tells the replica when this process is gone.
      stdio: ['pipe', log, log],
      env: {
        ...withoutOperatorSettings(process.env),
        POD_NAME: name,
        [networkVariable]: networkUrl,
        [cloudVariable]: cloud,
      },
    })
  } finally {
    closeSync(log)
  }
}

/** Settings of an operator that the user runs elsewhere are not meant for these. */
function withoutOperatorSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('FAILOVER_IP_')))
}
