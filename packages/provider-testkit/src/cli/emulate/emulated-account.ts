import type { Clock, StandardSchema } from '@failover-ip/provider'
import type { HttpEmulatorOptions, LoggedRequest, Handler } from '../../http/emulator.ts'

export interface EmulateOptions {
  readonly clock: Clock
  readonly latencyMs: NonNullable<HttpEmulatorOptions['latencyMs']>
}

/** What `emulate` serves: an account with a few servers and addresses, and what a user needs to reach it. */
export interface EmulatedAccount {
  readonly handle: Handler
  readonly requests: readonly LoggedRequest[]
  /** Keys of the Secret. */
  readonly credentials: Readonly<Record<string, string>>
  /** Of the provider, when the emulator is served at this address. */
  parameters(url: string): Readonly<Record<string, string>>
  /** Name and how nodes refer to it. */
  readonly servers: readonly { readonly name: string; readonly reference: string; readonly location: string }[]
  readonly units: readonly { readonly unit: string; readonly holder: string | null; readonly location: string }[]
}

/** A cloud that `emulate` knows. `Switches`: its unverified facts. */
export interface EmulatedCloud<Switches> {
  readonly title: string
  /** Reads switches that are text, like `moveNeedsDetach=true`; what is not given is as in the emulator. */
  readonly switches: StandardSchema<unknown, Switches>
  open(options: EmulateOptions & { readonly switches: Switches }): EmulatedAccount
}
