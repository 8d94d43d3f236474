import type { PublishedNodePlan } from '@failover-ip/core'
import { z } from 'zod'

const address = z.string().max(45)
const network = z.string().max(49)

const device: z.ZodType<PublishedNodePlan['device']> = z
  .object({
    rule: z.enum(['defaultRoute', 'mac', 'name', 'subnet']).meta({
      description: 'How the interface is found: the one of the default route, by MAC, by name, by its subnet.',
    }),
    family: z.exactOptional(z.enum(['ipv4', 'ipv6']).meta({ description: 'For defaultRoute: of which family.' })),
    mac: z.exactOptional(z.string().max(17).meta({ description: 'For mac: its MAC.' })),
    name: z.exactOptional(z.string().max(15).meta({ description: 'For name: its name.' })),
    cidr: z.exactOptional(network.meta({ description: 'For subnet: a network in which it has an address.' })),
  })
  .meta({ description: 'The interface that carries the address.' })

const route = z.object({ destination: network, via: z.exactOptional(address) })

const translateFrom = z
  .object({
    address: z.exactOptional(address.meta({ description: 'The address, where the API of the cloud knows it.' })),
    metadataUrl: z.exactOptional(z.string().max(512).meta({ description: 'Answers with it, to the node alone.' })),
  })
  .meta({ description: 'The cloud delivers to another address of the node, which translates it. Absent: it does not.' })

const plan: z.ZodType<PublishedNodePlan> = z.object({
  carriedBy: z
    .enum(['Holder', 'Candidates'])
    .meta({ description: 'Holder: who has the address or is about to get it. Candidates: the standbys too.' }),
  prefixLength: z.int32().min(1).max(128),
  device,
  scope: z.enum(['global', 'link', 'host']),
  routes: z.exactOptional(z.array(route).max(16).meta({ 'x-kubernetes-list-type': 'atomic' })),
  translateFrom: z.exactOptional(translateFrom),
  announce: z.enum(['none', 'arp', 'ndp']).meta({ description: 'How the holder tells the wire.' }),
})

/**
 * `nodePlan` of an address. It follows from what else is known, so that one of a version that says more is made anew and does not make the
 * status unreadable.
 */
export const nodePlan: z.ZodType<PublishedNodePlan | undefined> = plan
  .optional()
  .catch(undefined)
  .meta({ description: 'What the node has to carry for it; read by the node agents. Absent: nothing.' })
