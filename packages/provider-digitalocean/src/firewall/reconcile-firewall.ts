import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions } from '@failover-ip/provider'
import type { DesiredFirewall } from './desired-firewall.ts'
import type { Firewall, FirewallApi } from './firewall-api.ts'
import { joinRules } from './firewall-rule.ts'

export type FirewallChange = 'created' | 'changed' | 'deleted' | 'none'

/**
 * Makes our firewall what it is to be: creates it for the first user, deletes it with the last. It is found by its name;
 * no other firewall is touched. Idempotent; rejects with `ProviderError`, and what was lost is done by the next call.
 */
export async function reconcileFirewall(
  api: FirewallApi,
  desired: DesiredFirewall,
  call: CallOptions,
): Promise<FirewallChange> {
  const { items, complete } = await api.list(call)
  const own = items.filter(({ name }) => name === desired.name)
  const [firewall] = own
  if (own.length > 1)
    throw unsure(`DigitalOcean has ${own.length} firewalls called ${desired.name}. Delete all but one.`)
  if (firewall === undefined) {
    if (!complete) throw unsure("DigitalOcean's list of firewalls holds an item that cannot be read.")
    if (desired.rules.length === 0) return 'none'
    await api.create(desired, call)
    return 'created'
  }
  if (desired.rules.length === 0) {
    await deleted(api.delete(firewall, call))
    return 'deleted'
  }
  if (isAsDesired(firewall, desired)) return 'none'
  await api.update(firewall.id, desired, call)
  return 'changed'
}

function isAsDesired({ tags, rules }: Firewall, desired: DesiredFirewall): boolean {
  const isTagged = tags.length === 1 && tags[0] === desired.tag
  return isTagged && rules !== undefined && JSON.stringify(joinRules(rules)) === JSON.stringify(desired.rules)
}

/** Somebody else may have been quicker. */
async function deleted(deleting: Promise<void>): Promise<void> {
  try {
    await deleting
  } catch (error) {
    if (!isProviderError(error) || error.code !== 'NotFound') throw error
  }
}

function unsure(message: string): ProviderError {
  return new ProviderError('Conflict', message, { outcome: 'not-applied' })
}
