import type { CloudModel } from '../cloud/cloud-model.ts'

export interface EmulatedDroplet {
  /** A number as text. */
  readonly id: string
  readonly name: string
  /** Slug of its region. */
  readonly location: string
  readonly status: 'new' | 'active' | 'off' | 'archive'
  readonly publicAddress: string
  readonly privateAddress: string
  /** Of its own, where packets for a reserved IPv4 address arrive. */
  readonly anchorAddress: string
  /** Its own IPv6 address; `null`: IPv6 is not enabled. */
  readonly ipv6Address: string | null
  readonly tags: readonly string[]
  /** Something else is being done to it, like a snapshot. */
  readonly pendingEvent: boolean
}

export interface EmulatedAddress {
  /** The address itself, without a length. */
  readonly id: string
  readonly unit: string
  readonly location: string
  readonly project: string
}

export type DigitalOceanCloud = CloudModel<EmulatedDroplet, EmulatedAddress>

export function isIPv6({ id }: Pick<EmulatedAddress, 'id'>): boolean {
  return id.includes(':')
}
