import { describe, expect, test } from 'vitest'
import { formatInstant } from '../domain/instant.ts'
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
  unseen,
  gone,
  v4,
  v6,
} from './testing/situation.ts'
import type { Situation } from './testing/situation.ts'
import type { Decision } from './decision.ts'

const dead = health({ a: 'dead', b: 'healthy', c: 'healthy' })
const foreign = { id: 'stranger', location: 'z' }
/** On a, as recorded and as read, and a has just died. */
const lost: Situation = { addresses: [recorded(v4, 'a')], readings: [seen(v4, 'a')], health: dead, target: 'b' }

const conditionOf = ({ status }: Decision, type: string): string => {
  const condition = status.conditions?.find((each) => each.type === type)
  return `${condition?.status} ${condition?.reason}`
}
const sentTo = ({ step }: Decision): readonly (string | undefined)[] =>
  step?.kind === 'change' ? step.changes.map(({ unit, operation: { toNode } }) => `${unit} ${toNode}`) : []
const reasons = ({ events }: Decision): readonly string[] => events.map(({ reason }) => reason)

describe('what is found before anything is recorded', () => {
  test('is adopted where it is, without a move [A1]', () => {
    const decision = decideIn({ readings: [seen(v4, 'a')], target: 'a' })
    expect(decision.step).toBeUndefined()
    expect(decision.status).toMatchObject({ node: 'a', moves: 0, addresses: [{ node: 'a', server: serverOf('a') }] })
    expect(conditionOf(decision, 'Ready')).toBe('True Serving')
    expect(reasons(decision)).toEqual(['Adopted'])
  })

  test('is left with a server outside the cluster unless the policy says otherwise [A1]', () => {
    const situation: Situation = { readings: [seen(v4, foreign)], target: 'a' }
    const refused = decideIn(situation)
    expect(refused.step).toBeUndefined()
    expect(conditionOf(refused, 'Ready')).toBe('False ForeignHolder')
    const taken = decideIn({ ...situation, failoverIP: { policy: { ...policy, foreignHolder: 'TakeOver' } } })
    expect(taken.step).toMatchObject({ changes: [{ operation: { reason: 'TakenOver', from: foreign, toNode: 'a' } }] })
  })

  test('is not called foreign while it is not known which node is which server', () => {
    const decision = decideIn({ readings: [seen(v4, 'a')], nodes: [], serversKnown: false, target: 'a' })
    expect(conditionOf(decision, 'Ready')).toBe('False Pending')
    // Nor is it read again and again for that.
    expect(decision.reads).toEqual([])
  })

  test('is given to the chosen node when nobody has it, by an intent with the next epoch', () => {
    const decision = decideIn({ readings: [seen(v4, null)], target: 'b' })
    expect(sentTo(decision)).toEqual([`${v4} b`])
    expect(decision.status.addresses?.[0]?.operation).toMatchObject({
      kind: 'assign',
      reason: 'Unassigned',
      to: serverOf('b'),
      startedAt: formatInstant(now),
      callTimeoutSeconds: 5,
    })
    expect(decision.status.addresses?.[0]?.epoch).toBe(Date.UTC(2025, 0, 1) / 1000 + 1)
  })

  test('is no less unassigned when the other address is at the chosen node already', () => {
    const decision = decideIn({
      addresses: [recorded(v4, 'b'), recorded(v6, undefined)],
      readings: [seen(v4, 'b'), seen(v6, null)],
      target: 'b',
    })
    expect(sentTo(decision)).toEqual([`${v6} b`])
    expect(decision.status.lastMove).toMatchObject({ reason: 'Unassigned', to: 'b' })
  })
})

describe('what somebody else moved', () => {
  const moved: Situation = { addresses: [recorded(v4, 'a')], readings: [seen(v4, 'c')], target: 'c' }

  test('is adopted, and told once [A50]', () => {
    const decision = decideIn(moved)
    expect(decision.step).toBeUndefined()
    expect(decision.status).toMatchObject({ node: 'c', addresses: [{ epoch: 8 }] })
    expect(reasons(decision)).toEqual(['Drifted'])
    const next = decideIn({ ...moved, failoverIP: { status: decision.status } })
    expect(next.events).toEqual([])
    expect(next.status).toEqual(decision.status)
  })

  test('is brought back when the policy says so [A50]', () => {
    const reverting = { ...moved, failoverIP: { policy: { ...policy, onDrift: 'Revert' as const } }, target: 'a' }
    expect(decideIn(reverting).step).toMatchObject({
      changes: [{ operation: { reason: 'DriftReverted', from: serverOf('c'), toNode: 'a' } }],
    })
  })

  test('is believed after two reads that agree, not after one', () => {
    const once = decideIn({ ...moved, readings: [seen(v4, 'c', { equalReads: 1, age: 2000 })], target: 'a' })
    expect(once.step).toBeUndefined()
    expect(conditionOf(once, 'Assigned')).toBe('False Unsettled')
    expect(once.reads).toMatchObject([{ unit: v4 }])
  })

  test('may be the state before the last change, which no move follows from [A68]', () => {
    const stale = decideIn({
      addresses: [recorded(v4, 'b', { changedAt: formatInstant(now - 1000) })],
      readings: [seen(v4, 'a')],
      capabilities: { eventualReadSeconds: 10 },
      target: 'b',
    })
    expect(stale.step).toBeUndefined()
    expect(stale.status.addresses?.[0]?.node).toBe('b')
    expect(reasons(stale)).not.toContain('Drifted')
  })
})

describe('a home that is lost', () => {
  test('is left for the chosen node, from what the last read showed', () => {
    const decision = decideIn(lost)
    expect(sentTo(decision)).toEqual([`${v4} b`])
    expect(decision.status.lastMove).toMatchObject({ reason: 'NodeDead', from: 'a', to: 'b' })
    expect(decision.status.lastMove?.startedAt).toBe(formatInstant(now - 700))
    expect(conditionOf(decision, 'Ready')).toBe('False Moving')
    expect(reasons(decision)).toEqual(['Moving'])
  })

  test('is left only after a read that is younger than its last sign of life', () => {
    const decision = decideIn({ ...lost, readings: [seen(v4, 'a', { age: 701 })] })
    expect(decision.step).toBeUndefined()
    expect(decision.reads).toEqual([{ unit: v4, notBefore: monotonic - 700, urgent: true }])
  })

  test('is left by plan after a young read too', () => {
    const leaving = { ...lost, health: health({ a: 'leaving', b: 'healthy' }) }
    expect(decideIn({ ...leaving, readings: [seen(v4, 'a', { age: 15_000 })] }).step).toMatchObject({ kind: 'change' })
    const old = decideIn({ ...leaving, readings: [seen(v4, 'a', { age: 15_001 })] })
    expect([old.step, old.reads]).toEqual([undefined, [{ unit: v4, notBefore: monotonic - 15_000 }]])
  })

  test('is read once while it is only suspect, however often it is heard in between', () => {
    const suspect = { ...lost, health: health({ a: 'suspect' }), target: 'a' }
    expect(decideIn({ ...suspect, readings: [seen(v4, 'a', { age: 101 })] }).reads).toHaveLength(1)
    expect(decideIn({ ...suspect, readings: [seen(v4, 'a', { age: 99 })] }).reads).toEqual([])
  })

  const waiting: Readonly<Record<string, readonly [Situation, string]>> = {
    'the brake': [{ health: health({ a: 'dead', b: 'healthy' }, 'No node is heard.') }, 'Held'],
    'a pause': [{ failoverIP: { policy: { ...policy, paused: true } } }, 'Paused'],
    '--dry-run [A72]': [{ dryRun: true }, 'DryRun'],
    'a stop of the operator': [{ draining: true }, 'Pending'],
    'a failure of its account': [
      { hold: { reason: 'RateLimited', message: 'Later.', until: monotonic + 5 } },
      'RateLimited',
    ],
    "the account's window": [
      { accountRoom: { changes: 0, hold: { reason: 'AccountLimit', message: 'Later.', until: monotonic + 5 } } },
      'AccountLimit',
    ],
    "the provider's cool-down, counted from what is stored": [
      {
        addresses: [recorded(v4, 'a', { sentAt: formatInstant(now - 60_000), changedAt: formatInstant(now - 5000) })],
        capabilities: { coolDownSeconds: 58.005 },
      },
      'CoolingDown',
    ],
    'a unit that is locked': [{ readings: [seen(v4, 'a', { locked: true })] }, 'UnitLocked'],
    'a unit that is in flight': [{ readings: [seen(v4, 'a', { inFlight: true })] }, 'Unsettled'],
    'a provider that does not answer': [{ readings: [unseen(v4)] }, 'ProviderUnavailable'],
    'a provider that refuses the credentials': [{ readings: [unseen(v4, 0, 'Denied')] }, 'CredentialsRefused'],
    'a unit that the account does not have': [{ readings: [gone(v4)] }, 'UnitNotFound'],
    'a foreign holder': [{ readings: [seen(v4, foreign)] }, 'ForeignHolder'],
  }
  test.each(Object.entries(waiting))('waits for %s', (_what, [situation, reason]) => {
    const decision = decideIn({ ...lost, ...situation })
    expect(decision.step).toBeUndefined()
    expect(decision.status.addresses?.[0]?.operation).toBeUndefined()
    expect(conditionOf(decision, 'Ready')).toBe(`False ${reason}`)
    if (['RateLimited', 'AccountLimit', 'CoolingDown'].includes(reason))
      expect(decision.lookAgainAt).toBe(monotonic + 5)
  })

  test('is known to be where it is while the provider answers and refuses changes alone', () => {
    const refused = { reason: 'CredentialsRefused', message: 'No right to change.', until: monotonic + 5 } as const
    expect(conditionOf(decideIn({ ...lost, hold: refused }), 'Assigned')).toBe('False CredentialsRefused')
    const unread = decideIn({ ...lost, readings: [unseen(v4, 0, 'Denied')] })
    expect(conditionOf(unread, 'Assigned')).toBe('Unknown CredentialsRefused')
  })

  test('says that it is paused, whatever else is wrong', () => {
    const warning = { reason: 'SeveralDefaultClasses', message: 'Name one.' } as const
    const well: Situation = { ...lost, health: health({ a: 'healthy' }), target: 'a' }
    const ready = (change: Situation): string => conditionOf(decideIn({ ...well, ...change }), 'Ready')
    expect(ready({ failoverIP: { warning } })).toBe('True SeveralDefaultClasses')
    expect(ready({ failoverIP: { warning, policy: { ...policy, paused: true } } })).toBe('True Paused')
    expect(ready({ failoverIP: { warning }, dryRun: true })).toBe('True DryRun')
  })

  test('tells once what else is wrong, whatever Ready says', () => {
    const warning = { reason: 'InvalidSpec', message: 'spec.onDrift is wrong.' } as const
    const problemsOf = ({ events }: Decision) =>
      events.flatMap((each) => (each.reason === 'Problem' ? each.problem : []))
    const first = decideIn({ ...lost, target: 'a', failoverIP: { warning } })
    expect(conditionOf(first, 'Ready')).toBe('False LeastBad')
    expect(problemsOf(first)).toEqual(['LeastBad', 'InvalidSpec'])
    const again = decideIn({ ...lost, target: 'a', failoverIP: { warning, status: first.status } })
    expect(problemsOf(again)).toEqual([])
    const other = { ...warning, message: 'spec.priority is wrong.' }
    const later = decideIn({ ...lost, target: 'a', failoverIP: { warning: other, status: first.status } })
    expect(problemsOf(later)).toEqual(['InvalidSpec'])
  })

  test('tells that what was wrong besides has ended', () => {
    const warning = { reason: 'NoDefaultClass', message: 'Name one.' } as const
    const well: Situation = { ...lost, health: health({ a: 'healthy' }), target: 'a' }
    const warned = decideIn({ ...well, failoverIP: { warning } })
    const after = decideIn({ ...well, failoverIP: { status: warned.status } })
    expect(after.events).toMatchObject([{ type: 'Normal', reason: 'Serving', problem: 'NoDefaultClass' }])
    const paused = decideIn({ ...well, failoverIP: { policy: { ...policy, paused: true } } })
    expect(decideIn({ ...well, failoverIP: { status: paused.status } }).events).toEqual([])
  })

  test('says where it would go while nothing may be done', () => {
    expect(decideIn({ ...lost, dryRun: true }).status.plannedNode).toBe('b')
    expect(decideIn({ ...lost, dryRun: true, failoverIP: { protected: false } }).step).toBeUndefined()
    expect(decideIn(lost).status.plannedNode).toBeUndefined()
  })

  test('is left only once the object is protected', () => {
    const decision = decideIn({ ...lost, failoverIP: { protected: false } })
    expect(decision.step).toEqual({ kind: 'protect' })
    expect(decision.status.addresses?.[0]?.operation).toBeUndefined()
  })

  test('keeps its addresses when it is dead and no node may have them [A36]', () => {
    const decision = decideIn({ ...lost, target: 'a' })
    expect(decision.step).toBeUndefined()
    expect(conditionOf(decision, 'Ready')).toBe('False LeastBad')
  })
})

test('a move that is no escape waits for the last one to be a while ago', () => {
  const next = formatInstant(now + 5)
  const status = { addresses: [recorded(v4, 'a')], nextMoveNotBefore: next }
  const optional = { ...lost, health: health({ a: 'unfit', b: 'healthy' }), failoverIP: { status } }
  expect(decideIn(optional)).toMatchObject({ step: undefined, lookAgainAt: monotonic + 5 })
  expect(decideIn({ ...optional, health: dead }).step).toMatchObject({ kind: 'change' })
})

describe('an intent', () => {
  const open = recorded(v4, 'a', { operation: operation('a', 'b') })

  test('is replaced when its target dies, after its call has ended and a read [A35]', () => {
    const bothDead = health({ a: 'dead', b: 'dead', c: 'healthy' })
    const situation: Situation = {
      addresses: [open],
      health: bothDead,
      target: 'c',
      capabilities: { eventualReadSeconds: 60 },
    }
    const unread = decideIn({
      ...situation,
      calls: new Map([['op', { state: 'unknown', settledAt: monotonic - 10 }]]),
      readings: [seen(v4, 'a', { age: 11 })],
    })
    expect([unread.step, unread.reads]).toEqual([undefined, [{ unit: v4, notBefore: monotonic - 10 }]])
    const calling = decideIn({
      ...situation,
      calls: new Map([['op', { state: 'calling', settledAt: 0 }]]),
      readings: [seen(v4, 'a')],
    })
    expect(calling.step).toBeUndefined()
    const read = decideIn({
      ...situation,
      calls: new Map([['op', { state: 'unknown', settledAt: monotonic - 10 }]]),
      readings: [seen(v4, 'a')],
    })
    expect(sentTo(read)).toEqual([`${v4} c`])
    expect(read.status.addresses?.[0]?.epoch).toBe(8)
  })

  test('of another process is waited out from its first sight', () => {
    const situation: Situation = { addresses: [open], health: dead, target: 'b', readings: [seen(v4, 'a')] }
    const early = decideIn({ ...situation, firstSeen: new Map([['op', monotonic - 4999]]) })
    expect([early.step, early.status.addresses?.[0]?.operation?.id]).toEqual([undefined, 'op'])
    expect(early.lookAgainAt).toBe(monotonic + 1)
    const late = decideIn({ ...situation, firstSeen: new Map([['op', monotonic - 5000]]) })
    expect(late.closed).toMatchObject([{ applied: false, operation: { id: 'op' } }])
    expect(sentTo(late)).toEqual([`${v4} b`])
  })

  test('that was called done and did not happen is closed before another is written', () => {
    const calls = new Map([['op', { state: 'done' as const, settledAt: monotonic - 10 }]])
    const decision = decideIn({ ...lost, addresses: [open], calls })
    expect(decision.closed).toMatchObject([{ applied: false }])
    expect([decision.step, decision.status.addresses?.[0]?.operation]).toEqual([undefined, undefined])
  })

  test('that was never sent is decided anew at once', () => {
    const unsent = decideIn({
      ...lost,
      addresses: [open],
      calls: new Map([['op', { state: 'unsent', settledAt: monotonic }]]),
    })
    expect(unsent.step).toMatchObject({ changes: [{ operation: { id: 'new-1', toNode: 'b' } }] })
  })

  test('whose outcome is unknown is neither success nor failure before a read', () => {
    const calls = new Map([['op', { state: 'unknown' as const, settledAt: monotonic - 10 }]])
    const before = decideIn({ ...lost, addresses: [open], calls, readings: [seen(v4, 'a', { age: 500 })] })
    expect([before.step, before.closed]).toEqual([undefined, []])
    const after = decideIn({ ...lost, addresses: [open], calls, readings: [seen(v4, 'b')] })
    expect(after.closed).toMatchObject([{ applied: true }])
    expect(after.status).toMatchObject({ node: 'b' })
  })

  test('is done with a read that shows its target, not with the word of the provider', () => {
    const calls = new Map([['op', { state: 'done' as const, settledAt: monotonic - 10, acceptedAt: now - 10 }]])
    const move = { reason: 'NodeDead', from: 'a', to: 'b', startedAt: formatInstant(now - 1000) }
    const situation = { ...lost, calls, failoverIP: { status: { addresses: [open], lastMove: move } } }
    const told = decideIn({ ...situation, readings: [seen(v4, 'a', { age: 500 })] })
    expect([told.status.node, told.status.lastMove?.confirmedAt, told.reads.length]).toEqual(['a', undefined, 1])
    const shown = decideIn({ ...situation, readings: [seen(v4, 'b')] })
    expect(shown.status).toMatchObject({
      node: 'b',
      moves: 1,
      lastMove: { acceptedAt: formatInstant(now - 10), confirmedAt: formatInstant(now) },
      nextMoveNotBefore: formatInstant(now + 60_000),
    })
    expect(reasons(shown)).toEqual(['Moved'])
  })
})

describe('two units', () => {
  const split: Situation = {
    failoverIP: {
      status: {
        addresses: [
          recorded(v4, 'b', { changedAt: formatInstant(now) }),
          recorded(v6, 'a', { operation: operation('a', 'b') }),
        ],
        lastMove: { reason: 'NodeDead', from: 'a', to: 'b', startedAt: formatInstant(now - 1000) },
      },
      addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'],
    },
    readings: [seen(v4, 'b'), seen(v6, 'a')],
    health: dead,
    target: 'b',
  }

  test('of which one was accepted and one refused: the other follows when the limit is over [A69]', () => {
    const calls = new Map([['op', { state: 'refused' as const, settledAt: monotonic }]])
    const limited = decideIn({
      ...split,
      calls,
      hold: { reason: 'RateLimited', message: 'Later.', until: monotonic + 60_000 },
    })
    expect([limited.step, limited.lookAgainAt]).toEqual([undefined, monotonic + 60_000])
    expect(limited.status.addresses?.map(({ node }) => node)).toEqual(['b', 'a'])
    const later = decideIn({ ...split, failoverIP: { ...split.failoverIP, status: limited.status } })
    expect(sentTo(later)).toEqual([`${v6} b`])
  })

  test('of which one is there: the rest is told by the dead node that it leaves, and waits for the brake too', () => {
    const calls = new Map([['op', { state: 'refused' as const, settledAt: monotonic }]])
    expect(decideIn({ ...split, calls }).status.lastMove).toMatchObject({ reason: 'NodeDead', from: 'a', to: 'b' })
    const braked = decideIn({ ...split, calls, health: { ...dead, brake: { message: 'Nobody is heard.' } } })
    expect(braked.step).toBeUndefined()
    expect(braked.status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'Held' }))
  })

  test('of a process that is gone are both resolved by reading [A69]', () => {
    const resolved = decideIn(split)
    expect(resolved.closed).toMatchObject([{ unit: v6, applied: false }])
    expect(sentTo(resolved)).toEqual([`${v6} b`])
  })

  test('are sent one after the other when the account has room for one', () => {
    const both: Situation = {
      addresses: [recorded(v4, 'a'), recorded(v6, 'a')],
      readings: [seen(v4, 'a'), seen(v6, 'a')],
      health: dead,
      target: 'b',
    }
    expect(sentTo(decideIn(both))).toEqual([`${v4} b`, `${v6} b`])
    const decision = decideIn({ ...both, accountRoom: { changes: 1, hold: undefined } })
    expect(sentTo(decision)).toEqual([`${v4} b`])
    expect(decision.status.addresses?.[1]?.operation).toBeUndefined()
  })

  test('in different locations stay where they are: no node can have both', () => {
    const decision = decideIn({
      addresses: [recorded(v4, 'a'), recorded(v6, undefined)],
      readings: [seen(v4, 'a'), seen(v6, null, { location: 'y' })],
      target: 'a',
    })
    expect(decision.step).toBeUndefined()
    expect(conditionOf(decision, 'Placed')).toBe('False NoFitNode')
  })
})

test('an address of a family that the provider does not route is said, and the others are served', () => {
  const decision = decideIn({
    addresses: [recorded(v4, undefined), recorded(v6, undefined)],
    readings: [seen(v4, null)],
    capabilities: { unitPrefixLength: { ipv4: 32 } },
    target: 'a',
  })
  expect(sentTo(decision)).toEqual([`${v4} a`])
  expect(conditionOf(decision, 'Ready')).toBe('False InvalidSpec')
})

describe('after a restart', () => {
  const before = decideIn({ addresses: [recorded(v4, 'a')], readings: [seen(v4, 'a')], target: 'a' }).status
  const stored: Situation = { failoverIP: { status: before } }

  test('nothing is stored before the first read and the first match of servers [A11]', () => {
    expect(decideIn({ ...stored, nodes: [], serversKnown: false })).toMatchObject({
      step: undefined,
      reads: [{ unit: v4 }],
    })
    expect(decideIn({ ...stored, nodes: [], serversKnown: false }).status).toBe(before)
    const unmatched = decideIn({ ...stored, nodes: [], serversKnown: false, readings: [seen(v4, 'a')] })
    expect(unmatched.status).toBe(before)
  })

  test('equal facts give an equal status, whatever the time [A11]', () => {
    const again = decideIn({ ...stored, readings: [seen(v4, 'a')], target: 'a', now: now + 3_600_000 })
    expect(again.status).toEqual(before)
    expect(again).toMatchObject({ step: undefined, events: [] })
  })
})
