import { jsonOf } from '@failover-ip/provider-kit'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import { digitalOceanErrors } from './errors.ts'
import type { EmulatedFirewall, FirewallRequest, Firewalls } from './firewalls.ts'
import { firewallRequest } from './firewalls.ts'
import type { DigitalOceanCloud } from './objects.ts'
import { pageOf } from './page.ts'

export interface FirewallContext {
  readonly cloud: DigitalOceanCloud
  readonly firewalls: Firewalls
}

/** What `/v2/firewalls` answers; `undefined`: no such path. */
export function answerFirewalls(
  context: FirewallContext,
  { method, url, body }: EmulatedRequest,
  [, id, ...rest]: readonly string[],
): EmulatedAnswer | undefined {
  const { cloud, firewalls } = context
  if (rest.length > 0) return undefined
  const show = (firewall: EmulatedFirewall): object => firewallBody(cloud, firewall)
  if (id === undefined) {
    if (method === 'GET') return pageOf(url, 'firewalls', [...firewalls.all.values()], show)
    if (method !== 'POST') return undefined
    const asked = judge(context, body)
    if ('status' in asked) return asked
    const made = firewalls.put(asked)
    return { status: 202, body: { firewall: show(made) }, effect: `created firewall ${made.name}` }
  }
  const known = firewalls.all.get(id)
  if (known === undefined) return digitalOceanErrors.notFound()
  if (method === 'GET') return { status: 200, body: { firewall: show(known) } }
  if (method === 'PUT') {
    const asked = judge(context, body, id)
    if ('status' in asked) return asked
    return { status: 200, body: { firewall: show(firewalls.put(asked, id)) }, effect: `changed firewall ${known.name}` }
  }
  if (method !== 'DELETE') return undefined
  firewalls.remove(id)
  return { status: 204, effect: `deleted firewall ${known.name}` }
}

function judge({ firewalls }: FirewallContext, text: string, id?: string): FirewallRequest | EmulatedAnswer {
  const parsed = firewallRequest.safeParse(jsonOf(text))
  if (!parsed.success) return digitalOceanErrors.unprocessable('Name, rules or ports are invalid.')
  const { name, tags, inbound_rules: inbound, outbound_rules: outbound } = parsed.data
  if ((inbound ?? []).length + (outbound ?? []).length === 0) {
    return digitalOceanErrors.unprocessable('At least one rule is required.')
  }
  const missing = (tags ?? []).find((tag) => !firewalls.tags.has(tag))
  if (missing !== undefined) return digitalOceanErrors.unprocessable(`Tag ${missing} does not exist.`)
  const isTaken = [...firewalls.all.values()].some((other) => other.name === name && other.id !== id)
  return isTaken ? digitalOceanErrors.conflict('duplicate name') : parsed.data
}

function firewallBody(cloud: DigitalOceanCloud, firewall: EmulatedFirewall): object {
  const { id, name, status, tags, droplet_ids: named, inbound_rules: inbound, outbound_rules: outbound } = firewall
  const tagged = [...cloud.servers.values()].filter((droplet) => droplet.tags.some((tag) => tags?.includes(tag)))
  return {
    id,
    name,
    status,
    created_at: '2026-01-01T00:00:00Z',
    pending_changes: tagged.map((droplet) => ({ droplet_id: Number(droplet.id), removing: false, status: 'waiting' })),
    droplet_ids: named ?? [],
    tags: tags ?? [],
    // "0" stands for all ports, also where a protocol has none.
    inbound_rules: (inbound ?? []).map((rule) => ({ ...rule, ports: rule.ports ?? '0' })),
    outbound_rules: (outbound ?? []).map((rule) => ({ ...rule, ports: rule.ports ?? '0' })),
  }
}
