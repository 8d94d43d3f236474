import type { Capabilities, NodePlan, ServerReference } from '@failover-ip/provider'
import type { AddressStatus } from '../domain/failover-ip.ts'
import { attempt } from '../domain/isolate.ts'
import type { PublishedNodePlan } from '../domain/published-node-plan.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { isSameServer } from '../snapshot/server-index.ts'
import { publishNodePlan } from './publish-node-plan.ts'

/** Whether nodes have to carry anything, and the agents are to see to it. */
export function agentsConfigure({ account, failoverIP }: Pick<FailoverIPReview, 'account' | 'failoverIP'>): boolean {
  return account.capabilities.node !== 'none' && failoverIP.policy.nodeConfiguration === 'Agent'
}

/**
 * The records with what it takes to carry each address, of the server that is about to get it or has it: so the intent of a move tells its
 * target to prepare. Paused, or in a dry run, what is published stays as it is.
 */
export function withNodePlans(
  records: readonly AddressStatus[],
  review: FailoverIPReview,
  { dryRun }: { readonly dryRun: boolean },
): readonly AddressStatus[] {
  if (dryRun || review.failoverIP.policy.paused) return records
  return records.map((record) => {
    const { nodePlan: stored, ...rest } = record
    const nodePlan = agentsConfigure(review) ? planOf(rest, stored, review) : undefined
    return nodePlan === undefined ? rest : { ...rest, nodePlan }
  })
}

function planOf(
  record: AddressStatus,
  stored: PublishedNodePlan | undefined,
  { account, failoverIP, units }: FailoverIPReview,
): PublishedNodePlan | undefined {
  const { address, unit } = record
  const server = carrierOf(record)
  if (server === undefined) return undefined
  const before = failoverIP.status.addresses?.find((each) => each.address === address)
  const known = before !== undefined && isSameServer(carrierOf(before), server) ? stored : undefined
  const read = units.find((each) => each.unit === unit)?.reading?.observation
  const shown = read?.kind === 'found' && isSameServer(read.server, server) ? read : undefined
  // A read that failed, or that shows another server, says nothing of this one's delivery.
  if (shown === undefined && known !== undefined) return known
  const made = attempt(() => account.routing.nodePlan(unit, address, server, shown?.deliveredTo))
  return (made.ok ? publishable(made.value, account.capabilities) : undefined) ?? known
}

/** A provider's code is not ours: a plan that breaks the schema would keep the whole status from being stored. */
function publishable(plan: NodePlan, { node }: Capabilities): PublishedNodePlan | undefined {
  const published = attempt(() => publishNodePlan(plan, node === 'candidates' ? 'Candidates' : 'Holder'))
  return published.ok ? published.value : undefined
}

function carrierOf({ operation, server }: AddressStatus): ServerReference | undefined {
  return operation?.kind === 'assign' ? (operation.to ?? server) : server
}
