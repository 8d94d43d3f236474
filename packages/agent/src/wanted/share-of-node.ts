import { z } from 'zod'
import { canonicalAddress } from '../network/address-text.ts'
import { parsePublishedPlan } from './published-plan.ts'
import type { Wanted, WantedAddress } from './wanted-address.ts'

/** What one FailoverIP asks of a node. */
export interface NodeShare extends Wanted {
  /** Holders that this node stands witness for. */
  readonly witnessFor: readonly string[]
}

const addressShape = z.object({
  address: z.string(),
  epoch: z.number().catch(0),
  node: z.exactOptional(z.string()),
  operation: z.exactOptional(z.object({ kind: z.string(), toNode: z.exactOptional(z.string()) })),
  nodePlan: z.unknown().optional(),
})
const failoverIPShape = z.object({
  status: z
    .object({ addresses: z.array(addressShape).default([]), standbys: z.array(z.string()).default([]) })
    .default({ addresses: [], standbys: [] }),
})
const specShape = z.object({ spec: z.object({ addresses: z.array(z.string()) }) })

/** Most FailoverIPs ask nothing of a node, and one object for all of them costs no memory. */
const nothing: NodeShare = { carry: [], leave: [], witnessFor: [] }

/** So many of the first standbys probe the holder at all times: what leaders ask them is answered by proven paths. */
const standingWitnesses = 2

/**
 * What a FailoverIP asks of a node. Who is about to get an address, by the operation that is written before it is sent,
 * counts as its holder already, so that the node is ready before the packets come. Never throws.
 */
export function shareOfNode(failoverIP: unknown, node: string): NodeShare {
  const { data } = failoverIPShape.safeParse(failoverIP)
  if (data === undefined) {
    const leave = specShape.safeParse(failoverIP).data?.spec.addresses ?? []
    return { ...nothing, leave: leave.map((text) => canonicalAddress(text) ?? text) }
  }
  const { addresses, standbys } = data.status
  const carry: WantedAddress[] = []
  const leave: string[] = []
  const holders = new Set<string>()
  for (const { address: text, epoch, node: holder, operation, nodePlan } of addresses) {
    if (holder !== undefined && holder !== node) holders.add(holder)
    if (nodePlan === undefined) continue
    const address = canonicalAddress(text)
    const published = address === undefined ? undefined : parsePublishedPlan(nodePlan, address)
    if (address === undefined || published === undefined) {
      leave.push(address ?? text)
      continue
    }
    const { carriedBy, ...rest } = published
    const plan = { address, ...rest }
    const isHolder = holder === node || (operation?.kind === 'assign' && operation.toNode === node)
    const isCandidate = carriedBy === 'Candidates' && standbys.includes(node)
    if (isHolder) carry.push({ plan, role: 'holder', epoch })
    else if (isCandidate) carry.push({ plan, role: 'candidate', epoch })
  }
  const witnessFor = standbys.slice(0, standingWitnesses).includes(node) ? [...holders] : []
  return carry.length + leave.length + witnessFor.length === 0 ? nothing : { carry, leave, witnessFor }
}

/** All shares together. Of two that name one address, the first counts: let it be the one that has it. */
export function wantedOf(shares: readonly NodeShare[]): Wanted {
  return {
    carry: shares.flatMap(({ carry }) => carry).toSorted((a, b) => rank(a) - rank(b)),
    leave: shares.flatMap(({ leave }) => leave),
  }
}

const rank = ({ role }: WantedAddress): number => (role === 'holder' ? 0 : 1)
