import type { NodeState } from '../domain/node.ts'
import { brake } from './brake.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import { history } from './history.ts'
import { gravest, type Finding } from './judgement.ts'
import { judgeKubernetes } from './kubernetes-verdict.ts'
import { judgeDeparture } from './planned-departure.ts'
import { judgeProbes } from './probe-verdict.ts'
import { judgeProof } from './proof-of-death.ts'
import { quietSince } from './quiet-since.ts'
import { rank } from './rank.ts'
import { askServerState } from './server-state-question.ts'
import { answersUntil, surroundings, trackOf, type Surroundings } from './surroundings.ts'
import { leaderVantage } from './vantage.ts'
import type { Health, NodeVerdict, Question } from './verdict.ts'

/**
 * Who is fit to hold addresses: a function of the evidence, what it was last time, and the time. The outcome does not
 * depend on the order of anything in the input, and holds until `lookAgainAt` unless new evidence comes.
 *
 * Feed `verdicts` back as `previous`. Questions are repeated until they are answered: whoever asks them keeps one of
 * a kind and node in flight at a time.
 */
export function assessHealth(input: HealthInput): Health {
  const around = surroundings(input)
  const assessed = [...input.nodes]
    .sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1))
    .map((node) => assessNode(node, input, around))
  const verdicts = assessed.map(({ verdict }) => verdict)
  const changesAt = assessed.flatMap((node) => node.changesAt).filter((at) => at !== undefined && at > input.now)
  return {
    at: input.now,
    verdicts: new Map(verdicts.map((verdict) => [verdict.node, verdict])),
    questions: distinct(assessed.flatMap(({ questions }) => questions)),
    brake: brake(verdicts, input),
    lookAgainAt: changesAt.reduce((first, at) => (at === undefined || (first ?? at) < at ? first : at), undefined),
  }
}

interface AssessedNode {
  readonly verdict: NodeVerdict
  readonly questions: readonly Question[]
  readonly changesAt: readonly (number | undefined)[]
}

function assessNode(node: NodeState, input: HealthInput, around: Surroundings): AssessedNode {
  const { name } = node.facts
  const quiet = quietSince(node, input, around)
  const judgements = [
    judgeProof(node, input),
    judgeProbes(node, input, around),
    judgeKubernetes(node, input, around, quiet),
    judgeDeparture(node),
  ]
  const finding = gravest(judgements) ?? healthy(name)
  const past = history(node, input, finding)
  const cloud = askServerState(name, finding, input)
  const unheard = isUnheard(name, input, around)
  const questions = [...judgements.flatMap((judgement) => judgement.questions ?? []), ...cloud.questions]
  return {
    verdict: { node: name, ...finding, rank: rank({ ...finding, ...past, unheard }), ...past, quietSince: quiet },
    questions: finding.verdict === 'dead' ? [] : questions,
    changesAt: [
      ...judgements.flatMap((judgement) => judgement.changesAt ?? []),
      ...cloud.changesAt,
      answersUntil(trackOf(input, name)),
      past.unstable ? past.since + healthDefaults.unstableFor : undefined,
    ],
  }
}

/** It was probed in vain while others answer. */
function isUnheard(name: string, input: HealthInput, { open }: Surroundings): boolean {
  const misses = trackOf(input, name)?.vantages.get(leaderVantage)?.misses ?? 0
  return misses > 0 && !open.includes(name) && open.length > 0
}

function healthy(name: string): Finding {
  return { verdict: 'healthy', reason: 'Healthy', message: `${name} shows no sign of trouble` }
}

function distinct(questions: readonly Question[]): readonly Question[] {
  return [...new Map(questions.map((question) => [`${question.kind} ${question.node}`, question])).values()]
}
