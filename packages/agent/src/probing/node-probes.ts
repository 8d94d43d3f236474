import type { ProbeTarget } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import {
  openProbeKeyFiles,
  type ProbeAgent,
  type ProbeCounts,
  type ProbeKeyFiles,
  type startProbeAgent,
} from '@failover-ip/runtime'
import { createFastDetectionBook, type FastDetection } from './fast-detection.ts'

export interface NodeProbesOptions {
  readonly node: string
  readonly bootID: string
  readonly port: number
  /** Absent: this node is not probed. */
  readonly keyDirectory: string | undefined
  readonly clock: Clock
  readonly startProbeAgent: typeof startProbeAgent
  readonly onStarted: () => void
  /** Neither a missing key nor a port that is taken ends anything: it is tried again. */
  readonly onError: (error: unknown) => void
}

/** The node's part in the probing of nodes: it answers, and stands witness. */
export interface NodeProbes {
  /** Nodes to stand witness for, from now on. */
  readonly watch: (targets: readonly ProbeTarget[]) => void
  /** `undefined` while there is nothing to count. */
  readonly counts: () => ProbeCounts | undefined
  readonly fastDetection: () => FastDetection
  /** Runs until the signal ends it, and rejects with its reason. Once. */
  run(options: { readonly signal: AbortSignal }): Promise<never>
}

/** Milliseconds. The agent of before, and a Secret that is still to come, take seconds. */
const retryAfter = 2000

export function createNodeProbes(options: NodeProbesOptions): NodeProbes {
  const { node, bootID, port, keyDirectory, clock, onStarted, onError } = options
  const book = createFastDetectionBook(clock, port)
  let targets: readonly ProbeTarget[] = []
  let agent: ProbeAgent | undefined

  const untilItWorks = async <T>(hindrance: string, attempt: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        signal.throwIfAborted()
        book.hindered(hindrance)
        onError(error)
        await clock.sleep(retryAfter, { signal })
      }
    }
  }
  const openKeys = async (directory: string, signal: AbortSignal): Promise<ProbeKeyFiles> =>
    await untilItWorks(
      'This agent has no usable probe key.',
      () => openProbeKeyFiles({ directory, clock, onProblem: onError }),
      signal,
    )
  /** Who asks from the agents' own port is an agent that stands witness. */
  const onAnswered = (from: { readonly port: number }): void => {
    if (from.port !== port) book.answered()
  }

  return {
    watch: (wanted) => {
      targets = wanted
      agent?.watch(wanted)
    },
    counts: () => agent?.counts(),
    fastDetection: () => book.now(),
    run: async ({ signal }) => {
      if (keyDirectory === undefined) {
        book.hindered('This agent was given no probe key (--probe-key-dir), so it answers no probes.')
        await clock.sleep(Number.POSITIVE_INFINITY, { signal })
        throw signal.reason
      }
      const keys = await openKeys(keyDirectory, signal)
      agent = await untilItWorks(
        `This agent cannot listen on UDP port ${port}.`,
        () => options.startProbeAgent({ node, bootID, port, keyRing: () => keys.keyRing(), clock, signal, onAnswered }),
        signal,
      )
      try {
        book.hindered(undefined)
        agent.watch(targets)
        onStarted()
        await keys.follow(signal)
      } finally {
        await agent.close()
      }
      throw signal.reason
    },
  }
}
