import type { Policy } from '../domain/policy.ts'

/** The numbers of this step, each with its reason. Times in milliseconds. */
export interface HealthDefaults {
  readonly detection: Policy['detection']
  readonly suspectMisses: number
  readonly replyCountsFor: number
  readonly hintCountsFor: number
  readonly renewalLag: number
  readonly leaseInterval: number
  readonly leaseOverdueIntervals: number
  readonly leaseSettleIntervals: number
  readonly askAgainAfter: number
  readonly serverStateCountsFor: number
  readonly unstableFor: number
  readonly freshProbes: number
}

export const healthDefaults: HealthDefaults = {
  /** For nodes that hold nothing; as the class's default, so that a target is judged like a holder. */
  detection: { interval: 200, misses: 3, witnesses: 1 },
  /** One lost packet is everyday; from the second miss on others are asked. */
  suspectMisses: 2,
  /** Two and a half of the slow probes (2 s), so that one lost packet does not silence a vantage point. */
  replyCountsFor: 5_000,
  /** Linux sends one ICMP refusal a second to a peer (`icmp_ratelimit`): silence between two of them means nothing. */
  hintCountsFor: 5_000,
  /** A renewal may be seen this long after it was made: it counts as life only when seen later than that. */
  renewalLag: 1_000,
  /** As the kubelet renews: a quarter of 40 s. */
  leaseInterval: 10_000,
  /** The kubelet's jitter is 4 %; the rest is a slow write and the watch. */
  leaseOverdueIntervals: 1.3,
  /**
   * How long a Lease must stay overdue, while others are renewed, to be a sign of death: a whole interval, so that every
   * kubelet has had its turn after an API server came back. With the above 25 s after the last renewal, two of which
   * are missing by then; Kubernetes' own NotReady was measured at 43-52 s.
   */
  leaseSettleIntervals: 1.2,
  /** The pace of slow probes: enough to see a change, cheap enough for as long as it takes. */
  askAgainAfter: 2_000,
  /** Clouds limit requests, and a server's state changes seldom. */
  serverStateCountsFor: 10_000,
  /** As long as a cautious person would watch a node that was just away. */
  unstableFor: 600_000,
  /** Nodes that are probed at once to learn whether the leader hears anybody. */
  freshProbes: 3,
}
