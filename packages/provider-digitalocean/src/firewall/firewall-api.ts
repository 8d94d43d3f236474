import type { CallOptions, StandardSchema } from '@failover-ip/provider'
import { z } from 'zod'
import type { Listed } from '@failover-ip/provider-kit'
import type { Ask } from '../ask.ts'
import { requests } from '../request-builder.ts'
import type { DesiredFirewall } from './desired-firewall.ts'
import type { FirewallRule } from './firewall-rule.ts'

export interface Firewall {
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  /** `undefined` when there is anything that `FirewallRule` cannot say, or Droplets are named one by one. */
  readonly rules: readonly FirewallRule[] | undefined
}

/** The calls that firewalls need, each checked, each failing with `ProviderError` alone. */
export interface FirewallApi {
  list(call: CallOptions): Promise<Listed<Firewall>>
  create(firewall: DesiredFirewall, call: CallOptions): Promise<Firewall>
  /** Replaces all of it. */
  update(id: string, firewall: DesiredFirewall, call: CallOptions): Promise<Firewall>
  delete(firewall: Pick<Firewall, 'id' | 'name'>, call: CallOptions): Promise<void>
}

const addresses = z.strictObject({
  addresses: z.array(z.string()),
  // Empty lists may be there or not.
  tags: z.array(z.never()).optional(),
  droplet_ids: z.array(z.never()).optional(),
  load_balancer_uids: z.array(z.never()).optional(),
  kubernetes_ids: z.array(z.never()).optional(),
})

/** A rule that `FirewallRule` can say. */
const rule = z
  .strictObject({
    protocol: z.enum(['tcp', 'udp']),
    ports: z.string().regex(/^\d{1,5}(-\d{1,5})?$/),
    sources: addresses,
  })
  .transform(({ protocol, ports, sources }): FirewallRule => {
    const [first = 0, last = first] = ports.split('-').map(Number)
    // "0" stands for all ports.
    return { protocol, ports: ports === '0' ? [0, 65_535] : [first, last], sources: sources.addresses }
  })

const firewallAnswer: StandardSchema<unknown, Firewall> = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    tags: z.array(z.string()).nullish(),
    droplet_ids: z.array(z.unknown()).nullish(),
    inbound_rules: z.array(z.unknown()).nullish(),
    outbound_rules: z.array(z.unknown()).nullish(),
  })
  .transform(({ id, name, tags, droplet_ids: droplets, inbound_rules: inbound, outbound_rules: outbound }) => {
    const rules = z.array(rule).safeParse(inbound ?? [])
    const isSaid = rules.success && (droplets ?? []).length === 0 && (outbound ?? []).length === 0
    return { id, name, tags: tags ?? [], rules: isSaid ? rules.data : undefined }
  })

export function createFirewallApi(ask: Ask): FirewallApi {
  const asked = { schema: firewallAnswer, key: 'firewall' }
  return {
    list: (call) =>
      ask.list(requests.listFirewalls, { schema: firewallAnswer, key: 'firewalls', what: 'firewalls' }, call),
    create: (firewall, call) =>
      ask.one(
        requests.createFirewall(bodyOf(firewall)),
        { ...asked, what: `creating firewall ${firewall.name}` },
        call,
      ),
    update: (id, firewall, call) =>
      ask.one(
        requests.updateFirewall(id, bodyOf(firewall)),
        { ...asked, what: `changing firewall ${firewall.name}` },
        call,
      ),
    delete: ({ id, name }, call) => ask.nothing(requests.deleteFirewall(id), `deleting firewall ${name}`, call),
  }
}

/** The whole object: what a change leaves out is reset. */
function bodyOf({ name, tag, rules }: DesiredFirewall): object {
  return {
    name,
    tags: [tag],
    droplet_ids: [],
    inbound_rules: rules.map(({ protocol, ports: [first, last], sources }) => ({
      protocol,
      ports: first === last ? String(first) : first === 0 && last === 65_535 ? '0' : `${first}-${last}`,
      sources: { addresses: sources },
    })),
    outbound_rules: [],
  }
}
