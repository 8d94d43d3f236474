import type { ScalewayEmulator } from '@failover-ip/provider-testkit'
import type { Effect } from './machine/effects.ts'

/** A request to the provider that attaches a unit to a server, or with `null` detaches it. */
export interface ProviderChange {
  readonly unit: string
  readonly server: string | null
}

const changeLabel = /^PATCH .*\/ips\/([^/{]+)\{.*"server":(?:null|"([^"]+)")/
const readLabel = /^GET .*\/ips(?:\/([^/{]+))?$/

export function changeOf(effect: Effect, cloud: ScalewayEmulator): ProviderChange | undefined {
  const [, reference, server = null] = changeLabel.exec(effect.label) ?? []
  const unit = reference === undefined ? undefined : unitOf(reference, cloud)
  return unit === undefined ? undefined : { unit, server }
}

/** Whether an effect reads where the unit is. */
export function isReadOf(effect: Effect, unit: string, cloud: ScalewayEmulator): boolean {
  const match = readLabel.exec(effect.label)
  if (match === null) return false
  const [, reference] = match
  return reference === undefined || unitOf(reference, cloud) === unit
}

/** Paths name an address by its identifier, or an IPv4 address by itself. */
function unitOf(reference: string, cloud: ScalewayEmulator): string | undefined {
  return cloud.snapshot().ips.find(({ id, unit }) => id === reference || unit === `${reference}/32`)?.unit
}
