/**
 * What one probe said. `reply`: proof of life, authenticated. `handshake` and `refused`: hints, some kernel answered.
 * `silence`: nothing came in time.
 */
export interface ProbeEvidence {
  readonly node: string
  /** Who probed: `leader` for this process, or a node's name for the witness there. */
  readonly vantage: string
  readonly kind: 'reply' | 'handshake' | 'refused' | 'silence'
  /** Local monotonic milliseconds: of the answer, or of the moment at which silence was established. */
  readonly at: number
  /** Local monotonic milliseconds at which the probe was sent. */
  readonly sentAt: number
  /** Of the node, where the reply carries it. */
  readonly bootID?: string
  /** Of the node that the witness is on, where its answer carries it: after a boot its path has yet to be proven. */
  readonly vantageBootID?: string
}

export interface ProbeTarget {
  readonly node: string
  /** Address, or address and port. */
  readonly address: string
  /** Milliseconds between two probes. */
  readonly interval: number
}

/**
 * Who is heard. The engine names targets; evidence comes to the listener as it arises, probe by probe. A handshake
 * that is proof of life in the prober's own terms (the library form) is reported as `reply`.
 */
export interface Prober {
  /** Replaces the set of targets; a target that stays keeps its rhythm. */
  watch(targets: readonly ProbeTarget[]): void
  /** Evidence of all vantage points that report by themselves. Returns the way to stop it. */
  listen(listener: (evidence: ProbeEvidence) => void): () => void
  /** One fresh probe from here. Resolves with `silence` rather than rejecting, but for the signal's reason. */
  probe(target: ProbeTarget, options: { readonly signal: AbortSignal }): Promise<ProbeEvidence>
  /**
   * Asks witnesses on other nodes what they hear of the target; each probes afresh. A witness that does not answer is
   * missing from the result.
   */
  askWitnesses(
    target: ProbeTarget,
    witnesses: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly ProbeEvidence[]>
}

/** The prober of a cluster without probes: nobody is heard, and only Kubernetes' own signs count. */
export const noProber: Prober = {
  watch: () => undefined,
  listen: () => () => undefined,
  probe: ({ node }) => Promise.reject(new Error(`no prober is configured; ${node} was not probed`)),
  askWitnesses: () => Promise.resolve([]),
}
