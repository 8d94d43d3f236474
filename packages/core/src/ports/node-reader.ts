/** What a live read of a node said, never from a cache. */
export type LiveNode =
  | {
      readonly kind: 'present'
      readonly uid: string
      readonly ready: 'True' | 'False' | 'Unknown'
      /** Whether its Lease was renewed after the given moment; `undefined` when it has none. */
      readonly leaseRenewed: boolean | undefined
    }
  | { readonly kind: 'gone' }

/** Confirms what Kubernetes says about a node before anything is done because of it. */
export interface NodeReader {
  /**
   * Reads Node and Lease. `leaseSeenAt` is the local monotonic time of the last renewal that the caller knows.
   * Rejects when the API server does not answer.
   */
  read(
    node: string,
    known: { readonly leaseSeenAt: number | undefined },
    options: { readonly signal: AbortSignal },
  ): Promise<LiveNode>
}
