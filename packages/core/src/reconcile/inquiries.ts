import type { NodeState } from '../domain/node.ts'
import { leaderVantage } from '../health/vantage.ts'
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
  /**
   * Whose witnesses are asked slowly: holders, so that their paths are proven and that one which only others hear is not
   * given up when its Lease is not renewed; and the dead, who may come back.
   */
  readonly watched: readonly string[]
  readonly about: QuestionContext
}

export interface InquiryFacts extends Pick<TurnFacts, 'nodes' | 'accounts' | 'probing' | 'evidence'> {
  readonly reviews: ReadonlyMap<string, FailoverIPReview>
  readonly health: Health
  readonly holders: Holders
}

export function inquiriesOf(decisions: Plan['decisions'], facts: InquiryFacts): Inquiries {
  const { nodes, accounts, reviews, health, holders, probing } = facts
  const units = Map.groupBy(reviews.values(), ({ account }) => account.key)
  const wishes = Map.groupBy(decisions, ({ failoverIP }) => failoverIP.account)
  const verdictOf = (node: string) => health.verdicts.get(node)?.verdict
  const isWatched = (node: string): boolean => verdictOf(node) === 'dead' || holders.has(node)
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
    questions: probing ? [...health.questions, ...targetQuestions(facts)] : health.questions,
    watched: probing ? [...health.verdicts.keys()].filter(isWatched) : [],
    about: {
      nodes: new Map(nodes.map((node) => [node.facts.name, node])),
      verdictOf,
      serverOf: (node) => whereabouts(node, accounts),
      standingWitnesses: (node) => standingWitnesses(node, reviews.values()),
    },
  }
}

/** The first standbys of a FailoverIP: agents there watch its holder, and one of them will most likely have it next. */
const firstStandbys = 2

/**
 * While a holder is in doubt, whoever would have its addresses next is probed once more: nodes that hold nothing are probed
 * so slowly that one may have died with it.
 */
function targetQuestions({ reviews, health, evidence }: InquiryFacts): readonly Question[] {
  return [...reviews.values()].flatMap(({ home, failoverIP }) => {
    const verdict = home === undefined ? undefined : health.verdicts.get(home)
    if (verdict?.verdict !== 'suspect') return []
    return (failoverIP.status.standbys ?? [])
      .slice(0, firstStandbys)
      .filter(
        (node) =>
          (evidence.tracks.get(node)?.vantages.get(leaderVantage)?.reportedAt ?? Number.NEGATIVE_INFINITY) <
          verdict.since,
      )
      .map((node): Question => ({ kind: 'freshProbe', node }))
  })
}

function standingWitnesses(node: string, reviews: Iterable<FailoverIPReview>): readonly string[] {
  return [...reviews].flatMap(({ home, failoverIP }) =>
    home === node ? (failoverIP.status.standbys ?? []).slice(0, firstStandbys) : [],
  )
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
  { reads, questions, watched, about }: Inquiries,
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
  return earliest([...again, evidence.ask(questions, about), evidence.watch(watched, about)])
}
