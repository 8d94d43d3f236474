import type { NodeState } from '../domain/node.ts'
import type { Health, Question } from '../health/verdict.ts'
import { earliest } from '../plan/earliest.ts'
import type { ReadWish } from '../plan/decision.ts'
import type { Plan } from '../plan/make-plan.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import type { Holders } from '../snapshot/holders.ts'
import type { AccountBook } from './account-book.ts'
import type { UnitPlaces } from './account-reader.ts'
import type { EvidenceDesk, QuestionContext } from './evidence-desk.ts'
import type { TurnFacts } from './turn-facts.ts'

/** What a turn wants to know of accounts and nodes. */
export interface Inquiries {
  /** By account: its units, and which of them are to be read now. Every account's nodes are resolved. */
  readonly reads: ReadonlyMap<string, { readonly units: UnitPlaces; readonly wishes: readonly ReadWish[] }>
  readonly questions: readonly Question[]
  /** Nodes that are well, whose witnesses' paths are to be kept proven. */
  readonly keepProven: readonly string[]
  readonly about: QuestionContext
}

export interface InquiryFacts extends Pick<TurnFacts, 'nodes' | 'accounts' | 'probing'> {
  readonly reviews: ReadonlyMap<string, FailoverIPReview>
  readonly health: Health
  readonly holders: Holders
}

export function inquiriesOf(decisions: Plan['decisions'], facts: InquiryFacts): Inquiries {
  const { nodes, accounts, reviews, health, holders, probing } = facts
  const units = Map.groupBy(reviews.values(), ({ account }) => account.key)
  const wishes = Map.groupBy(decisions, ({ failoverIP }) => failoverIP.account)
  const verdictOf = (node: string) => health.verdicts.get(node)?.verdict
  return {
    reads: new Map(
      [...accounts.keys()].map((key) => {
        const ours = (units.get(key) ?? []).flatMap((review) =>
          review.units.map(({ unit, record }) => [unit, record.server?.location ?? ''] as const),
        )
        return [
          key,
          { units: new Map(ours), wishes: (wishes.get(key) ?? []).flatMap(({ decision }) => decision.reads) },
        ]
      }),
    ),
    questions: health.questions,
    keepProven: probing ? [...holders.keys()].filter((node) => verdictOf(node) === 'healthy') : [],
    about: {
      nodes: new Map(nodes.map((node) => [node.facts.name, node])),
      verdictOf,
      serverOf: (node) => whereabouts(node, accounts),
    },
  }
}

function whereabouts(node: string, accounts: TurnFacts['accounts']): ReturnType<QuestionContext['serverOf']> {
  for (const { account, servers } of accounts.values()) {
    const server = servers.serverOf(node)
    if (server !== undefined) return { server, routing: account.routing }
  }
  return undefined
}

/** Starts what is not known and not asked yet. Returns the local monotonic moment to ask again. */
export function startInquiries(
  { reads, questions, keepProven, about }: Inquiries,
  { accounts, evidence, nodes }: { accounts: AccountBook; evidence: EvidenceDesk; nodes: readonly NodeState[] },
): number | undefined {
  const facts = nodes.map((node) => node.facts)
  const again = [...reads].flatMap(([key, { units, wishes }]) => {
    const account = accounts.get(key)
    const reader = accounts.readerOf(key)
    if (account === undefined || reader === undefined) return []
    const resolved = reader.resolve(account.routing, facts)
    return units.size === 0 ? [resolved] : [resolved, reader.read(account.routing, units, wishes)]
  })
  return earliest([...again, evidence.ask(questions, about), evidence.keepProven(keepProven, about)])
}
