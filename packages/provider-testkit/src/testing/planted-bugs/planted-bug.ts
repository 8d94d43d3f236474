import type { Capabilities, Clock, Routing } from '@failover-ip/provider'
import type { AcmeVariant } from '../acme/variants.ts'

/** What a bug has at hand, besides the routing that it spoils. */
export interface PlantedContext {
  readonly clock: Clock
  /** The token of the account. */
  readonly token: string
}

/** A mistake that a provider's author may make, planted into a provider that keeps the contract. */
export interface PlantedBug {
  /** What is wrong. */
  readonly bug: string
  /** The manifest with which it shows. */
  readonly variant: AcmeVariant
  /** Title of the test that must find it, with the part of the suite it is in. */
  readonly foundBy: string
  /** The methods that are wrong. */
  readonly plant?: (routing: Routing, context: PlantedContext) => Partial<Routing>
  /** What the manifest says wrongly. */
  readonly manifest?: Partial<Capabilities>
}
