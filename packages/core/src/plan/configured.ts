import type { ConditionDraft } from '../domain/condition.ts'
import type { AddressStatus, FailoverIPStatus, MoveRecord } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { FailoverNodeStatus } from '../domain/failover-node-status.ts'
import { formatInstant, parseInstant } from '../domain/instant.ts'
import type { NodeState } from '../domain/node.ts'
import { isReason } from '../domain/reasons.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { agentsConfigure } from './node-plans.ts'

export interface ConfiguredFacts {
  /** As they are to be stored. */
  readonly addresses: readonly AddressStatus[]
  /** The node that all units are recorded on, with no operation open. */
  readonly settledAt: string | undefined
  /** Where an open operation goes. */
  readonly goesTo: string | undefined
  readonly nodes: ReadonlyMap<string, NodeState>
  readonly dryRun: boolean
  /** Unix milliseconds. */
  readonly now: number
}

type Draft = Omit<ConditionDraft, 'type'>

/** Whether the holder carries the addresses, by what its agent says. Absent where no agent has to see to it. Never a reason to move. */
export function configuredOf(review: FailoverIPReview, facts: ConfiguredFacts): ConditionDraft | undefined {
  if (!agentsConfigure(review)) return undefined
  return { type: 'Configured', ...draftOf(review, facts) }
}

function draftOf({ failoverIP, account }: FailoverIPReview, facts: ConfiguredFacts): Draft {
  const { addresses, settledAt, goesTo, nodes, dryRun } = facts
  const unknown = (reason: Draft['reason'], message: string): Draft => ({ status: 'Unknown', reason, message })
  if (goesTo !== undefined) return unknown('Moving', `Goes to ${goesTo}.`)
  if (settledAt === undefined) return unknown('Pending', 'No node has all of the addresses.')
  const node = nodes.get(settledAt)
  const report = node?.agent
  if (report?.kind === 'unread') {
    const stored = failoverIP.status.conditions?.find(({ type }) => type === 'Configured')
    if (stored !== undefined && isReason(stored.reason)) return { ...stored, reason: stored.reason }
    return unknown('Pending', 'The reports of the agents have not been read yet.')
  }
  const withoutPlan = addresses.find(({ nodePlan }) => nodePlan === undefined)?.address
  if (withoutPlan !== undefined) {
    if (dryRun) return unknown('DryRun', 'The operator runs with --dry-run; the nodes are told nothing.')
    if (failoverIP.policy.paused) return unknown('Paused', 'It is paused; the nodes are told nothing.')
    return unknown('InternalError', `${account.provider} does not say what a node has to carry for ${withoutPlan}.`)
  }
  if (report === undefined) return unknown('NoAgent', `No agent has reported on ${settledAt}.`)
  if (report.kind === 'unreadable') return unknown(report.reason, report.message)
  if (isOfEarlierBoot(report.status, node)) {
    return unknown('ReportOutdated', `The agent's report is of an earlier boot of ${settledAt}.`)
  }
  return withPatience(answerOf(report.status, addresses, settledAt), failoverIP, facts.now)
}

function isOfEarlierBoot({ bootID }: FailoverNodeStatus, node: NodeState | undefined): boolean {
  return bootID !== undefined && node?.bootID !== undefined && bootID !== node.bootID
}

/** What the agent says to the present state of each address; answers to earlier ones are none. */
function answerOf(report: FailoverNodeStatus, addresses: readonly AddressStatus[], node: string): Draft {
  const answers = new Map((report.addresses ?? []).map((answer) => [answer.address, answer]))
  for (const { address, epoch } of addresses) {
    const answer = answers.get(address)
    if (answer === undefined || answer.epoch !== epoch || answer.role !== 'holder') {
      const message = `The agent of ${node} has not answered for ${address} yet.`
      return { status: 'False', reason: 'Configuring', message }
    }
    if (!answer.carried) {
      const why = [answer.reason, answer.message].filter((text) => text !== undefined).join(': ')
      return { status: 'False', reason: 'NotCarried', message: `${node} does not carry ${address}. ${why}`.trimEnd() }
    }
  }
  return { status: 'True', reason: 'Configured', message: `Carried by ${node}.` }
}

/** An agent that does not answer for long is worth a look, though its node may carry the addresses all the same. */
function withPatience(draft: Draft, failoverIP: FailoverIPInput, now: number): Draft {
  const since = draft.reason === 'Configuring' ? configuringSince(failoverIP.status) : undefined
  if (since === undefined || now - since < defaults.agentPatience) return draft
  return { ...draft, reason: 'AgentSilent', message: `${draft.message} Is it running there?` }
}

/** Unix milliseconds since when an answer of the agent is missing; `undefined`: none is, or nobody says. */
function configuringSince({ conditions = [] }: FailoverIPStatus): number | undefined {
  const stored = conditions.find(({ type }) => type === 'Configured')
  const isMissing = stored?.reason === 'Configuring' || stored?.reason === 'AgentSilent'
  return isMissing ? parseInstant(stored.lastTransitionTime) : undefined
}

/** Milliseconds until the patience with the holder's agent is at an end; `undefined`: it is not being waited for. */
export function patienceLeft(status: FailoverIPStatus, now: number): number | undefined {
  const since = configuringSince(status)
  const left = since === undefined ? 0 : since + defaults.agentPatience - now
  return left > 0 ? left : undefined
}

/** The move with the time at which its node was first seen to carry the addresses, unless that has nothing to do with the move any more. */
export function markConfigured(
  move: MoveRecord | undefined,
  condition: ConditionDraft | undefined,
  settledAt: string | undefined,
  now: number,
): MoveRecord | undefined {
  const confirmedAt = parseInstant(move?.confirmedAt)
  if (move === undefined || confirmedAt === undefined || move.configuredAt !== undefined) return move
  const isNews = condition?.status === 'True' && move.to === settledAt && now - confirmedAt <= defaults.configuredWindow
  return isNews ? { ...move, configuredAt: formatInstant(now) } : move
}
