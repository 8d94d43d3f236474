import { z } from 'zod'

const sources = z.object({
  addresses: z.array(z.string()).optional(),
  droplet_ids: z.array(z.int()).optional(),
  load_balancer_uids: z.array(z.string()).optional(),
  kubernetes_ids: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
})
const ports = z.string().regex(/^\d{1,5}(-\d{1,5})?$|^all$/)
const protocol = z.enum(['tcp', 'udp', 'icmp'])

/** A firewall as it is asked for; what is left out of a PUT is reset. */
export const firewallRequest = z.object({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/),
  tags: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  inbound_rules: z.array(z.object({ protocol, ports: ports.optional(), sources })).nullish(),
  outbound_rules: z.array(z.object({ protocol, ports: ports.optional(), destinations: sources })).nullish(),
})

export type FirewallRequest = z.output<typeof firewallRequest>

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
