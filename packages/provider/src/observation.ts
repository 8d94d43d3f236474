import type { ProviderError } from './errors.ts'
import type { ServerReference } from './server.ts'

/**
 * What the cloud says about one unit. `absent` means that the cloud was asked and has no such unit; a failed or
 * truncated read is `unknown`, never `absent`.
 */
export type Observation =
  | {
      readonly kind: 'found'
      readonly unit: string
      /** Where the unit may go (see `Capabilities.locationRule`). */
      readonly location: string
      /** Who carries it now; `null` when nobody does. */
      readonly server: ServerReference | null
      /**
       * The address of the server to which the cloud delivers packets for the unit, in canonical form, where that is another
       * one and the cloud's API knows it. `nodePlan` is given it.
       */
      readonly deliveredTo?: string
      /** The cloud is working on it: a mutation now would be refused or queued. */
      readonly inFlight: boolean
      /** The cloud refuses changes to it until something outside this project is done. */
      readonly locked: boolean
    }
  | { readonly kind: 'absent'; readonly unit: string }
  | { readonly kind: 'unknown'; readonly unit: string; readonly error: ProviderError }
