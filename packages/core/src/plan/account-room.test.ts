import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AddressStatus } from '../domain/failover-ip.ts'
import { formatInstant } from '../domain/instant.ts'
import type { CallState } from './call-state.ts'
import { countAccountRoom } from './account-room.ts'
import { account, monotonic, now, operation, recorded, v4, v6 } from './testing/situation.ts'

const window = (mutations: number, seconds = 60) => ({ accountWindows: [{ mutations, seconds }] })
const at = (age: number): string => formatInstant(now - age)
const room = (
  capabilities: ReturnType<typeof window>,
  notes: readonly string[],
  addresses: readonly AddressStatus[] = [],
  starting = 0,
) => countAccountRoom(account(capabilities, notes), [{ addresses }], { now, monotonic })(starting)

test('is without end where no window is known', () => {
  expect(room({ accountWindows: [] }, [at(0)])).toEqual({ changes: Number.POSITIVE_INFINITY, hold: undefined })
})

test('counts a change once, though it is noted, open and confirmed at different times', () => {
  expect(
    room(window(3), [at(500)], [recorded(v4, 'a', { operation: operation('a', 'b', { startedAt: at(500) }) })]).changes,
  ).toBe(2)
  expect(room(window(3), [at(500)], [recorded(v4, 'a', { sentAt: at(500), changedAt: at(100) })]).changes).toBe(2)
  expect(room(window(3), [at(500)], [recorded(v4, 'a', { changedAt: at(100) })]).changes).toBe(2)
})

test('counts two changes of one moment twice, and one of two addresses in a unit once', () => {
  const both = [v4, v6].map((unit) => recorded(unit, 'a', { operation: operation('a', 'b', { startedAt: at(0) }) }))
  expect(room(window(3), [], both).changes).toBe(1)
  expect(room(window(3), [at(0), at(0)], both).changes).toBe(1)
  expect(
    room(
      window(3),
      [],
      both.map((address) => ({ ...address, unit: v6 })),
    ).changes,
  ).toBe(2)
})

test('counts what is only noted, and what is only recorded', () => {
  expect(room(window(3), [at(900)], [recorded(v4, 'a', { sentAt: at(500) })]).changes).toBe(1)
  expect(room(window(3), [at(900), at(500)], [recorded(v4, 'a', { sentAt: at(500) })]).changes).toBe(1)
})

test('counts own changes by the time that has passed, whatever the clock has been set to since', () => {
  const callsTo = (key: string): ReadonlyMap<string, CallState> =>
    new Map(
      [5000, 4000].map((age): [string, CallState] => {
        const time = monotonic - age
        return [`op-${age}`, { state: 'done', settledAt: time, sent: { owner: key, at: time } }]
      }),
    )
  const aDayAgo = account(window(2), [at(86_400_000), at(86_400_000)])
  const roomAfter = (calls: ReadonlyMap<string, CallState>) =>
    countAccountRoom(aDayAgo, [], { now, monotonic, calls })(0)
  expect(roomAfter(callsTo(aDayAgo.key))).toMatchObject({ changes: 0, hold: { until: monotonic - 5000 + 62_000 } })
  expect(roomAfter(callsTo('another')).changes).toBe(2)
})

test('counts what is about to be sent', () => {
  expect(room(window(2), [at(500)], [], 1)).toMatchObject({ changes: 0, hold: { until: monotonic + 61_500 } })
  expect(room(window(1), [], [], 1)).toMatchObject({ changes: 0, hold: { until: monotonic + 62_000 } })
})

test('never lets a window be exceeded, and opens at the moment that it names', () => {
  const windows = fc.array(
    fc.record({ mutations: fc.integer({ min: 1, max: 5 }), seconds: fc.integer({ min: 1, max: 60 }) }),
    { minLength: 1, maxLength: 3 },
  )
  const wishes = fc.array(
    fc.record({ pause: fc.integer({ min: 0, max: 20_000 }), wanted: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(windows, wishes, (accountWindows, steps) => {
      let time = now
      const sent: number[] = []
      const ask = () =>
        countAccountRoom(account({ accountWindows }, sent.map(formatInstant)), [], {
          now: time,
          monotonic: time - now,
        })(0)
      for (const { pause, wanted } of steps) {
        time += pause
        const { changes, hold } = ask()
        for (let i = 0; i < Math.min(wanted, changes); i += 1) sent.push(time)
        for (const { mutations, seconds } of accountWindows) {
          expect(sent.filter((one) => one > time - seconds * 1000).length).toBeLessThanOrEqual(mutations)
        }
        expect(hold === undefined).toBe(changes > 0)
        if (hold?.until === undefined) continue
        time = now + hold.until - 1
        expect(ask().changes).toBe(0)
        time += 1
        expect(ask().changes).toBeGreaterThan(0)
      }
    }),
  )
})
