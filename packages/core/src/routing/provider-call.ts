/** One call to a provider, as metrics want it. */
export interface ProviderCall {
  readonly account: string
  readonly operation: 'observe' | 'resolve' | 'serverStates' | 'assign' | 'poll' | 'release'
  /** `ok`, `cancelled`, or the code of the `ProviderError`. */
  readonly outcome: string
  readonly seconds: number
}
