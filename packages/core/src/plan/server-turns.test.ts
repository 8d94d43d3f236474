import { describe, expect, test } from 'vitest'
import { formatInstant } from '../domain/instant.ts'
import type { Decision } from './decision.ts'
import { openChanges, type OpenChange } from './open-change.ts'
import {
  decideIn,
  health,
  monotonic,
  now,
  operation,
  policy,
  recorded,
  seen,
  serverOf,
  v4,
  v6,
} from './testing/situation.ts'
import type { Situation } from './testing/situation.ts'

const sentTo = ({ step }: Decision): readonly (string | undefined)[] =>
  step?.kind === 'change'
    ? step.changes.map(({ unit, operation: { kind, toNode } }) => `${kind} ${unit} ${toNode}`)
    : []
const readyOf = ({ status }: Decision): string | undefined =>
  status.conditions?.find(({ type }) => type === 'Ready')?.reason
const oneAtATime = { oneChangePerServer: true }
const dead = health({ a: 'dead', b: 'healthy', c: 'healthy' })
const pair: Situation = {
  addresses: [recorded(v4, 'a'), recorded(v6, 'a')],
  readings: [seen(v4, 'a'), seen(v6, 'a')],
  health: dead,
  target: 'b',
}
const other = (node: string, age: number): OpenChange => ({
  key: 'ingress/other',
  unit: '51.15.1.1/32',
  server: serverOf(node),
  startedAt: now - age,
})

describe('where servers take one change at a time', () => {
  test('two addresses of one node follow each other; else they are sent together', () => {
    expect(sentTo(decideIn(pair))).toEqual([`assign ${v4} b`, `assign ${v6} b`])
    expect(sentTo(decideIn({ ...pair, capabilities: oneAtATime }))).toEqual([`assign ${v4} b`])
  })

  test('the second waits for the end of the first, and is no trouble', () => {
    const first = recorded(v4, 'a', { operation: operation('a', 'b') })
    const calls = new Map([['op', { state: 'done' as const, settledAt: monotonic - 500 }]])
    const readings = [seen(v4, 'a', { age: 1000 }), seen(v6, 'a', { age: 20_000 })]
    const situation = { ...pair, capabilities: oneAtATime, calls }
    const waiting = decideIn({ ...situation, addresses: [first, recorded(v6, 'a')], readings })
    expect([sentTo(waiting), readyOf(waiting)]).toEqual([[], 'Moving'])
    // Nothing is read of one that has to wait.
    expect(waiting.reads.map(({ unit }) => unit)).toEqual([v4])
    const ended = decideIn({
      ...situation,
      addresses: [first, recorded(v6, 'a')],
      readings: [seen(v4, 'b'), seen(v6, 'a')],
    })
    expect(sentTo(ended)).toEqual([`assign ${v6} b`])
  })

  test('one of another FailoverIP is waited for with a reason and no Event, at its server alone', () => {
    const situation: Situation = {
      addresses: [recorded(v4, undefined)],
      readings: [seen(v4, null)],
      capabilities: oneAtATime,
    }
    const waiting = decideIn({ ...situation, target: 'b', otherChanges: [other('b', 4000)] })
    expect([sentTo(waiting), readyOf(waiting), waiting.events]).toEqual([[], 'Busy', []])
    expect(waiting.lookAgainAt).toBe(monotonic + 26_000)
    const message = waiting.status.conditions?.find(({ type }) => type === 'Ready')?.message
    expect(message).toBe('acme takes one change at a time at a server; b is being changed for 51.15.1.1/32.')
    expect(sentTo(decideIn({ ...situation, target: 'c', otherChanges: [other('b', 4000)] }))).toEqual([
      `assign ${v4} c`,
    ])
  })

  test('one that does not end is not waited for without end: then the cloud is asked', () => {
    const situation: Situation = {
      addresses: [recorded(v4, undefined)],
      readings: [seen(v4, null)],
      target: 'b',
      capabilities: oneAtATime,
    }
    expect(sentTo(decideIn({ ...situation, otherChanges: [other('b', 29_999)] }))).toEqual([])
    expect(sentTo(decideIn({ ...situation, otherChanges: [other('b', 30_000)] }))).toEqual([`assign ${v4} b`])
  })

  test('a unit that must be released first waits at the server that has it', () => {
    const situation: Situation = { ...pair, capabilities: { ...oneAtATime, move: 'releaseFirst' } }
    expect(sentTo(decideIn(situation))).toEqual([`release ${v4} b`])
    expect(sentTo(decideIn({ ...situation, otherChanges: [other('b', 0)] }))).toEqual([`release ${v4} b`])
    expect(sentTo(decideIn({ ...situation, otherChanges: [other('a', 0)] }))).toEqual([])
  })

  test('releases at a deletion follow each other, too', () => {
    const deleting = { deleting: true, policy: { ...policy, deletionPolicy: 'Release' as const } }
    const situation: Situation = { ...pair, health: health({ a: 'healthy' }), failoverIP: deleting }
    const both = decideIn(withStatus(situation))
    expect(sentTo(both)).toHaveLength(2)
    const one = decideIn(withStatus({ ...situation, capabilities: oneAtATime }))
    expect(sentTo(one)).toEqual([`release ${v4} undefined`])
    const busy = decideIn(withStatus({ ...situation, capabilities: oneAtATime, otherChanges: [other('a', 0)] }))
    expect([sentTo(busy), readyOf(busy), busy.lookAgainAt]).toEqual([[], 'Busy', monotonic + 30_000])
  })
})

test('an open change is at the server that gets the unit, or gives it up', () => {
  const startedAt = formatInstant(now)
  const assigned = recorded(v4, 'a', { operation: operation('a', 'b', { startedAt }) })
  const { to: _to, ...release } = operation('a', 'b', { kind: 'release', startedAt })
  expect(openChanges('web', [assigned, recorded(v6, 'a', { operation: release }), recorded(v4, 'c')])).toEqual([
    { key: 'web', unit: v4, server: serverOf('b'), startedAt: now },
    { key: 'web', unit: v6, server: serverOf('a'), startedAt: now },
  ])
})

/** The records belong to the FailoverIP's status also where more of it is given. */
function withStatus(situation: Situation): Situation {
  return { ...situation, failoverIP: { ...situation.failoverIP, status: { addresses: situation.addresses ?? [] } } }
}
