import type { CloudFault } from './provider-fetch.ts'

/** Faults of the cloud that last until they are taken back. */
export interface Weather {
  /** No call reaches the provider. */
  providerAway: boolean
  /** Asked at each call that reaches it. */
  cloudFault: () => CloudFault | undefined
}
