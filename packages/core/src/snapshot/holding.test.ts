import { describe, expect, test } from 'vitest'
import { formatInstant } from '../domain/instant.ts'
import { gone, monotonic, now, recorded, seen, serversOf, unseen, v4 } from '../plan/testing/situation.ts'
import { holdingOf } from './holding.ts'
import { recordReading } from './unit-reading.ts'

const stranger = { id: 'stranger', location: 'z' }
const context = { servers: serversOf(['a', 'b']), eventualReadSeconds: 0, now, monotonic }
const unknownServers = { ...context, servers: serversOf([], false) }
const onA = recorded(v4, 'a')
const nowhere = recorded(v4, undefined)

test.each([
  ['not read', onA, undefined, 'unread'],
  ['a failed read', onA, unseen(v4), 'unavailable'],
  ['a unit that is not there', onA, gone(v4), 'absent'],
  ['a locked unit', onA, seen(v4, 'a', { locked: true, inFlight: true }), 'locked'],
  ['a unit in flight', onA, seen(v4, 'a', { inFlight: true }), 'busy'],
  ['what is recorded', onA, seen(v4, 'a', { equalReads: 1 }), 'recorded'],
  ['nowhere, as recorded', nowhere, seen(v4, null), 'recorded'],
  ['a node, for the first time', nowhere, seen(v4, 'b'), 'adoptable'],
  ['a stranger, for the first time', nowhere, seen(v4, stranger), 'foreign'],
  ['another node, once', onA, seen(v4, 'b', { equalReads: 1 }), 'unsettled'],
  ['another node, twice', onA, seen(v4, 'b'), 'drifted'],
  ['nobody any more, once', onA, seen(v4, null, { equalReads: 1 }), 'unsettled'],
  ['nobody any more, twice', onA, seen(v4, null), 'drifted'],
  ['a stranger instead', onA, seen(v4, stranger), 'foreign'],
])('%s', (_what, record, reading, kind) => {
  expect(holdingOf(record, reading, context).kind).toBe(kind)
})

describe('a read that differs from the record', () => {
  test('is unsettled while it may show the state before the last change', () => {
    const changed = { ...onA, changedAt: formatInstant(now - 10_000) }
    const eventual = { ...context, eventualReadSeconds: 8 }
    expect(holdingOf(changed, seen(v4, 'b', { age: 2001 }), eventual).kind).toBe('unsettled')
    expect(holdingOf(changed, seen(v4, 'b', { age: 2000 }), eventual).kind).toBe('drifted')
  })

  test('is nobody’s while it is not known which node is which server', () => {
    expect(holdingOf(nowhere, seen(v4, 'a'), unknownServers).kind).toBe('unread')
    expect(holdingOf(onA, seen(v4, stranger), unknownServers).kind).toBe('unread')
  })
})

describe('equal reads', () => {
  const { observation } = seen(v4, 'a')
  test('are counted in a row', () => {
    const first = recordReading(undefined, observation, 1)
    const second = recordReading(first, observation, 2)
    expect([first.equalReads, second.equalReads]).toEqual([1, 2])
    expect(recordReading(second, seen(v4, 'b').observation, 3).equalReads).toBe(1)
    expect(recordReading(second, unseen(v4).observation, 3).equalReads).toBe(1)
    expect(recordReading(recordReading(second, unseen(v4).observation, 3), observation, 4).equalReads).toBe(1)
  })

  test('do not come from a read that was begun before the last one', () => {
    const late = recordReading(undefined, observation, 10)
    expect(recordReading(late, seen(v4, 'b').observation, 9)).toBe(late)
  })
})
