import { isDeepStrictEqual } from 'node:util'
import {
  createReflector,
  failoverIPResource,
  type KubernetesTransport,
  type Reflector,
  type ReflectorProblem,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { shareOfNode, type NodeShare } from './wanted/share-of-node.ts'

export interface ClusterViewOptions {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly node: string
  /** All that the cluster asks of this node, each time that it changes; first when all FailoverIPs are known. */
  readonly onShares: (shares: readonly NodeShare[]) => void
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
}

/** What the FailoverIPs ask of this node. While the API server is away, what was known last counts. */
export interface ClusterView {
  /** What is not known yet, in words. */
  readonly unsynced: () => readonly string[]
  readonly isFollowing: () => boolean
  /** Runs until the signal is aborted, then resolves. Once. */
  run(signal: AbortSignal): Promise<void>
}

/** A page of objects is in memory whole, and an agent is to be small. */
const pageSize = 50

export function createClusterView(options: ClusterViewOptions): ClusterView {
  const { transport, clock, random, node, onShares, onProblem, onRecovered } = options
  const failoverIPs: Reflector<NodeShare> = createReflector({
    transport,
    clock,
    random,
    resource: failoverIPResource,
    select: (object) => shareOfNode(object, node),
    pageSize,
    onProblem,
    onRecovered,
  })
  const { state, cache } = failoverIPs
  let isTold = false
  const tell = (): void => {
    if (!state.synced) return
    isTold = true
    onShares([...cache.entries()].map(({ value }) => value))
  }
  failoverIPs.subscribe((changes) => {
    // Most changes are about other nodes.
    if (changes.some(({ previous, current }) => !isDeepStrictEqual(previous?.value, current?.value))) tell()
  })
  return {
    unsynced: () => {
      if (state.synced) return []
      return [state.problem === undefined ? 'failoverips' : `failoverips (${state.problem.message})`]
    },
    isFollowing: () => state.synced && state.problem === undefined,
    run: async (signal) => {
      const first = failoverIPs.whenSynced(signal).then(
        () => {
          if (!isTold) tell()
        },
        () => undefined,
      )
      await Promise.all([failoverIPs.run(signal), first])
    },
  }
}
