import { z } from 'zod'
import { canonicalAddress } from '../network/address-text.ts'
import { parsePublishedPlan } from './published-plan.ts'
import type { Wanted, WantedAddress } from './wanted-address.ts'

const addressShape = z.object({
  address: z.string(),
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

/**
 * What the FailoverIPs, all of them, ask of a node. Who is about to get an address, by the operation that is written
 * before it is sent, counts as its holder already, so that the node is ready before the packets come.
 */
export function wantedOnNode(failoverIPs: readonly unknown[], node: string): Wanted {
  const carry: WantedAddress[] = []
  const leave: string[] = []
  for (const failoverIP of failoverIPs) {
    const { data } = failoverIPShape.safeParse(failoverIP)
    if (data === undefined) {
      leave.push(...(specShape.safeParse(failoverIP).data?.spec.addresses ?? []))
      continue
    }
    const { addresses, standbys } = data.status
    for (const { address: text, node: holder, operation, nodePlan } of addresses) {
      if (nodePlan === undefined) continue
      const address = canonicalAddress(text)
      const plan = address === undefined ? undefined : parsePublishedPlan(nodePlan, address)
      if (address === undefined || plan === undefined) {
        leave.push(text)
        continue
      }
      const { carriedBy, ...rest } = plan
      const isHolder = holder === node || (operation?.kind === 'assign' && operation.toNode === node)
      const isCandidate = carriedBy === 'Candidates' && standbys.includes(node)
      if (isHolder) carry.push({ plan: { address, ...rest }, role: 'holder' })
      else if (isCandidate) carry.push({ plan: { address, ...rest }, role: 'candidate' })
    }
  }
  // Of two that name one address, the first counts: let it be the one that has it.
  return {
    carry: carry.toSorted((a, b) => rank(a) - rank(b)),
    leave: leave.map((text) => canonicalAddress(text) ?? text),
  }
}

const rank = ({ role }: WantedAddress): number => (role === 'holder' ? 0 : 1)
