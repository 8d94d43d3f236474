import { z } from 'zod'

const peers = z.object({
  addresses: z.array(z.string()).optional(),
  droplet_ids: z.array(z.int()).optional(),
  load_balancer_uids: z.array(z.string()).optional(),
  kubernetes_ids: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
})
const ports = z.string().regex(/^\d{1,5}(-\d{1,5})?$|^all$/)
const protocol = z.enum(['tcp', 'udp', 'icmp'])

interface FirewallPeers {
  readonly addresses?: readonly string[] | undefined
  readonly droplet_ids?: readonly number[] | undefined
  readonly load_balancer_uids?: readonly string[] | undefined
  readonly kubernetes_ids?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

interface FirewallTraffic {
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly ports?: string | undefined
}

/** A firewall as it is asked for; what is left out of a PUT is reset. */
export interface FirewallRequest {
  readonly name: string
  readonly tags?: readonly string[] | null | undefined
  readonly droplet_ids?: readonly number[] | null | undefined
  readonly inbound_rules?: readonly (FirewallTraffic & { readonly sources: FirewallPeers })[] | null | undefined
  readonly outbound_rules?: readonly (FirewallTraffic & { readonly destinations: FirewallPeers })[] | null | undefined
}

export const firewallRequest: z.ZodType<FirewallRequest> = z.object({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/),
  tags: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  inbound_rules: z.array(z.object({ protocol, ports: ports.optional(), sources: peers })).nullish(),
  outbound_rules: z.array(z.object({ protocol, ports: ports.optional(), destinations: peers })).nullish(),
})

export interface EmulatedFirewall extends FirewallRequest {
  readonly id: string
  readonly status: 'waiting' | 'succeeded' | 'failed'
}

/** The firewalls of an account, and the tags that exist. */
export interface Firewalls {
  readonly all: ReadonlyMap<string, EmulatedFirewall>
  readonly tags: ReadonlySet<string>
  addTag(tag: string): void
  put(firewall: FirewallRequest, id?: string): EmulatedFirewall
  remove(id: string): void
}

export function createFirewalls(): Firewalls {
  const all = new Map<string, EmulatedFirewall>()
  const tags = new Set<string>()
  let counted = 0
  return {
    all,
    tags,
    addTag: (tag) => void tags.add(tag),
    put: (firewall, given) => {
      counted += 1
      const id = given ?? `b0000000-0000-4000-8000-${counted.toString(16).padStart(12, '0')}`
      const kept: EmulatedFirewall = { ...firewall, id, status: 'waiting' }
      all.set(id, kept)
      return kept
    },
    remove: (id) => void all.delete(id),
  }
}
