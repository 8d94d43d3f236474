import type { NodePlan } from '@failover-ip/provider'
import { z } from 'zod'
import { canonicalAddress, canonicalNetwork, familyOf } from '../network/address-text.ts'

/** In the kernel's spelling; nothing else gets into a command. */
const spelled = (spell: (text: string) => string | undefined, what: string): z.ZodType<string, string> =>
  z.string().transform((text, context) => {
    const spelling = spell(text)
    if (spelling !== undefined) return spelling
    context.addIssue({ code: 'custom', message: `${what} expected` })
    return z.NEVER
  })
const address = spelled(canonicalAddress, 'an IP address')
const network = spelled(canonicalNetwork, 'a network in CIDR form')
const routeLimit = 16

const device = z.discriminatedUnion('rule', [
  z.object({ rule: z.literal('defaultRoute'), family: z.enum(['ipv4', 'ipv6']) }),
  z.object({ rule: z.literal('mac'), mac: z.string().regex(/^[\da-f]{2}(:[\da-f]{2}){5}$/i, 'a MAC expected') }),
  z.object({ rule: z.literal('name'), name: z.string().min(1).max(15) }),
  z.object({ rule: z.literal('subnet'), cidr: network }),
])

const translateFrom = z
  .object({ address: z.exactOptional(address), metadataUrl: z.exactOptional(z.string().max(512)) })
  .transform(({ address: known, metadataUrl }, context) => {
    if (known !== undefined) return known
    if (metadataUrl !== undefined) return { metadataUrl }
    context.addIssue({ code: 'custom', message: 'address or metadataUrl expected' })
    return z.NEVER
  })

/** What the operator publishes of an address for the agents, beside the address itself: objects without alternatives, as a CRD's schema wants them. */
export interface PublishedPlan extends Omit<NodePlan, 'address'> {
  /** `Holder`: who has it or is about to get it. `Candidates`: the standbys too. */
  readonly carriedBy: 'Holder' | 'Candidates'
}

const shape = z.object({
  carriedBy: z.enum(['Holder', 'Candidates']),
  prefixLength: z.int().min(1),
  device,
  scope: z.enum(['global', 'link', 'host']),
  routes: z
    .array(z.object({ destination: network, via: z.exactOptional(address) }))
    .max(routeLimit)
    .default([]),
  translateFrom: z.exactOptional(translateFrom),
  announce: z.enum(['none', 'arp', 'ndp']),
})

/** `undefined` for what is no plan for this address, or one of a version that asks for more than is known here. */
export function parsePublishedPlan(value: unknown, carried: string): PublishedPlan | undefined {
  const plan = shape.safeParse(value).data
  if (plan === undefined) return undefined
  const family = familyOf(carried)
  const isOfFamily = (text: string | undefined): boolean => text === undefined || familyOf(text) === family
  const { translateFrom: source, routes, prefixLength } = plan
  const fits =
    prefixLength <= (family === 'ipv4' ? 32 : 128) &&
    isOfFamily(typeof source === 'string' ? source : undefined) &&
    routes.every(({ destination, via }) => isOfFamily(destination) && isOfFamily(via))
  return fits ? plan : undefined
}
