import { describe, expect, test } from 'vitest'
import type { CallState } from './call-state.ts'
import { decideIn, health, monotonic, operation, recorded, seen, v4, type Situation } from './testing/situation.ts'

const stranger = { id: 'stranger', location: 'z' }
const dead = health({ a: 'dead', b: 'healthy', c: 'healthy' })
const open = recorded(v4, 'a', { operation: operation('a', 'b') })
const called = (state: CallState['state'], ago: number): ReadonlyMap<string, CallState> =>
  new Map([['op', { state, settledAt: monotonic - ago }]])
const escape: Situation = { addresses: [open], calls: called('unknown', 30_000), health: dead, target: 'b' }

describe('once a change has not happened', () => {
  const reads: Readonly<Record<string, Situation>> = {
    'a stranger has the unit': { readings: [seen(v4, stranger)] },
    'somebody has moved it': { readings: [seen(v4, 'c')] },
    'the cloud has locked it': { readings: [seen(v4, 'a', { locked: true })] },
    'a stranger has it, after a restart': { readings: [seen(v4, stranger)], calls: new Map() },
    'a stranger has it, and the change was refused': { readings: [seen(v4, stranger)], calls: called('refused', 10) },
  }
  test.each(Object.entries(reads))('and %s, it is judged anew before anything is sent', (_name, situation) => {
    const { step, status, closed } = decideIn({ ...escape, ...situation })
    expect([step, closed.length]).toEqual([undefined, 1])
    const next = decideIn({ ...escape, ...situation, addresses: status.addresses ?? [], target: 'c' })
    expect(next.step).toBeUndefined()
  })

  test('and the unit is where it was, it is sent again', () => {
    expect(decideIn({ ...escape, readings: [seen(v4, 'a')] }).step).toMatchObject({ kind: 'change' })
  })
})

test('an open change of a unit that a stranger has by now is replaced by none', () => {
  const situation: Situation = {
    ...escape,
    capabilities: { eventualReadSeconds: 60 },
    calls: called('unknown', 10_000),
    target: 'c',
  }
  expect(decideIn({ ...situation, readings: [seen(v4, 'a')] }).step).toMatchObject({ kind: 'change' })
  expect(decideIn({ ...situation, readings: [seen(v4, stranger)] }).step).toBeUndefined()
  expect(decideIn({ ...situation, readings: [seen(v4, 'a', { locked: true })] }).step).toBeUndefined()
})

test('a unit that was released and went to a stranger is assigned to nobody', () => {
  const { to: _nowhere, ...released } = operation('a', 'b', { kind: 'release' })
  const situation: Situation = {
    ...escape,
    capabilities: { move: 'releaseFirst' },
    addresses: [recorded(v4, 'a', { operation: released })],
  }
  expect(decideIn({ ...situation, readings: [seen(v4, null)] }).step).toMatchObject({ kind: 'change' })
  expect(decideIn({ ...situation, readings: [seen(v4, stranger)] }).step).toBeUndefined()
})
