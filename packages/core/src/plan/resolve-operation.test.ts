import { describe, expect, test } from 'vitest'
import type { UnitReading } from '../snapshot/unit-reading.ts'
import type { CallState } from './call-state.ts'
import { resolveOperation } from './resolve-operation.ts'
import { gone, monotonic, operation, seen, unseen, v4 } from './testing/situation.ts'

const ended = monotonic - 1000
const resolve = (
  call: CallState | undefined,
  reading: UnitReading | undefined,
  rest: { firstSeen?: number; eventual?: number; at?: number; providerOperation?: string } = {},
) =>
  resolveOperation(
    operation('a', 'b', rest.providerOperation === undefined ? {} : { providerOperation: rest.providerOperation }),
    v4,
    reading,
    {
      monotonic: rest.at ?? monotonic,
      calls: new Map(call === undefined ? [] : [['op', call]]),
      firstSeen: new Map(rest.firstSeen === undefined ? [] : [['op', rest.firstSeen]]),
      eventualReadSeconds: rest.eventual ?? 0,
    },
  )
const call = (state: CallState['state'], change: Partial<CallState> = {}): CallState => ({
  state,
  settledAt: ended,
  ...change,
})

describe('an open operation', () => {
  test('of a call on its way is open, whatever a read shows', () => {
    expect(resolve(call('calling'), seen(v4, 'b'))).toEqual({ kind: 'open', replaceable: false })
  })

  test.each(['unsent', 'refused'] as const)('that was %s had no effect', (state) => {
    expect(resolve(call(state), undefined)).toEqual({ kind: 'notApplied' })
  })

  test('that this process has never seen before waits its whole time-out', () => {
    expect(resolve(undefined, seen(v4, 'b'))).toEqual({
      kind: 'open',
      replaceable: false,
      lookAgainAt: monotonic + 5000,
    })
    expect(resolve(undefined, seen(v4, 'b'), { firstSeen: monotonic - 5000 })).toEqual({ kind: 'applied' })
  })

  test.each(['done', 'unknown'] as const)('that is %s asks for a read begun after its end', (state) => {
    const open = { kind: 'open', replaceable: false, read: { unit: v4, notBefore: ended } }
    expect(resolve(call(state), undefined)).toEqual(open)
    expect(resolve(call(state), seen(v4, 'b', { age: 1001 }))).toEqual(open)
    expect(resolve(call(state), seen(v4, 'b', { age: 1000 }))).toEqual({ kind: 'applied' })
  })

  test('is not applied when a settled read shows another server, or no such unit', () => {
    expect(resolve(call('unknown'), seen(v4, 'a'))).toEqual({ kind: 'notApplied' })
    expect(resolve(call('unknown'), gone(v4))).toEqual({ kind: 'notApplied' })
  })

  test('stays open while a read may be stale, and may then be replaced', () => {
    expect(resolve(call('done'), seen(v4, 'a'), { eventual: 1.001 })).toEqual({
      kind: 'open',
      replaceable: true,
      lookAgainAt: monotonic + 250,
    })
    expect(resolve(call('done'), seen(v4, 'a'), { eventual: 1 })).toMatchObject({ kind: 'notApplied' })
  })

  test('stays open while the cloud works on it or cannot be read', () => {
    expect(resolve(call('done'), seen(v4, 'b', { inFlight: true }))).toMatchObject({ kind: 'open', replaceable: false })
    expect(resolve(call('done'), unseen(v4))).toMatchObject({ kind: 'open', replaceable: false })
  })

  test('is looked at less and less', () => {
    const waits = [0, 1999, 10_000, 80_000, 10_000_000].map((elapsed) => {
      const resolution = resolve(call('done', { settledAt: monotonic - elapsed }), seen(v4, 'b', { inFlight: true }))
      return resolution.kind === 'open' ? (resolution.lookAgainAt ?? 0) - monotonic : Number.NaN
    })
    expect(waits).toEqual([250, 250, 1250, 10_000, 30_000])
  })

  test('that is pending is polled, until a read shows it or it takes too long', () => {
    const pending = call('pending', { providerOperation: 'job' })
    expect(resolve(pending, undefined)).toEqual({ kind: 'open', replaceable: false, poll: 'job' })
    expect(resolve(pending, seen(v4, 'b'))).toEqual({ kind: 'applied' })
    const polled = { ...pending, polledAt: monotonic }
    expect(resolve(polled, undefined)).toMatchObject({ lookAgainAt: monotonic + 250 })
    expect(resolve({ ...polled, pollNotBefore: monotonic + 9000 }, undefined)).toMatchObject({
      lookAgainAt: monotonic + 9000,
    })
    expect(resolve({ ...pending, settledAt: monotonic - 600_000 }, undefined)).toMatchObject({ read: { unit: v4 } })
  })

  test('of another process that is pending is polled by what was stored', () => {
    expect(resolve(undefined, undefined, { firstSeen: 0, at: 5000, providerOperation: 'job' })).toMatchObject({
      poll: 'job',
    })
    expect(resolve(undefined, undefined, { firstSeen: 0, at: 4999, providerOperation: 'job' })).toEqual({
      kind: 'open',
      replaceable: false,
      lookAgainAt: 5000,
    })
  })
})
