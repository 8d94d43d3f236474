import { expect, test } from 'vitest'
import type { Health, NodeVerdict, Verdict } from '../health/verdict.ts'
import { reviewOf } from '../plan/testing/situation.ts'
import { doubtsDueAt, verdictEvents } from './verdict-events.ts'

const health = (at: number, verdict?: Verdict, change: Partial<NodeVerdict> = {}): Health => ({
  at,
  verdicts: new Map(
    verdict === undefined
      ? []
      : [
          [
            'a',
            {
              node: 'a',
              verdict,
              reason: 'ProbesSilent',
              message: 'a silent at the leader',
              rank: 0,
              unstable: false,
              lastAliveAt: 200,
              since: at,
              ...change,
            },
          ],
        ],
  ),
  questions: [],
  brake: undefined,
  lookAgainAt: undefined,
})
const told = (before: Health, after: Health): readonly string[] =>
  verdictEvents({ before, after, now: 1_000_000, monotonic: after.at }, [
    { ...reviewOf({}), home: 'a' },
    { ...reviewOf({}), home: undefined },
  ]).map(({ type, reason, summary }) => `${type} ${reason}: ${summary}`)

test.each<[Verdict | undefined, Verdict, readonly string[]]>([
  ['healthy', 'dead', ['Warning NodeDead: a silent at the leader; last sign of life 0.7s ago']],
  ['suspect', 'unfit', ['Warning NodeUnfit: a silent at the leader']],
  ['healthy', 'leaving', ['Normal NodeLeaving: a silent at the leader']],
  ['dead', 'healthy', ['Normal NodeRecovered: a silent at the leader']],
  ['suspect', 'healthy', []],
  ['healthy', 'suspect', []],
  ['dead', 'dead', []],
  [undefined, 'healthy', []],
])('%s, then %s', (before, after, expected) => {
  expect(told(health(500, before), health(900, after))).toEqual(expected)
})

test('a node that was never heard has no last sign of life', () => {
  expect(told(health(500), health(900, 'dead', { lastAliveAt: undefined }))).toEqual([
    'Warning NodeDead: a silent at the leader',
  ])
})

test('a doubt is told once when it has lasted for ten seconds', () => {
  const doubtful = (at: number): Health => health(at, 'suspect', { since: 1000 })
  expect(doubtsDueAt(doubtful(1000))).toEqual([11_000])
  expect(told(doubtful(1000), doubtful(10_999))).toEqual([])
  expect(told(doubtful(10_999), doubtful(11_000))).toEqual([
    'Warning NodeSuspect: a silent at the leader; it keeps what it has until that is clear',
  ])
  expect(told(doubtful(11_000), doubtful(20_000))).toEqual([])
})
