import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { createReplayGuard, type ReplayGuard } from './replay-guard.ts'

let clock: VirtualClock
let guard: ReplayGuard

beforeEach(() => {
  clock = createVirtualClock()
  guard = createReplayGuard({ clock, window: 60_000, mostSessions: 2 })
})

const admit = (session: string, sequence: number, time = clock.now()): string =>
  guard.admit({ nonce: { session, sequence }, time })

test('answers each request once, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(30).keys()]), fc.array(fc.nat({ max: 29 })), (order, again) => {
      const fresh = createReplayGuard({ clock })
      const says = (sequence: number): string => fresh.admit({ nonce: { session: 'a', sequence }, time: clock.now() })
      expect(order.map(says)).toEqual(order.map(() => 'fresh'))
      for (const sequence of again) if (order.includes(sequence)) expect(says(sequence)).toBe('replayed')
    }),
  )
})

test('never answers one twice, also after it has forgotten the number itself', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 200 }), { minLength: 50, maxLength: 400 }), (sequences) => {
      const fresh = createReplayGuard({ clock })
      const answered = sequences.filter(
        (sequence) => fresh.admit({ nonce: { session: 'a', sequence }, time: clock.now() }) === 'fresh',
      )
      expect(new Set(answered).size).toBe(answered.length)
    }),
  )
})

test('numbers may leave gaps', () => {
  expect([3, 1000, 50_000, 999].map((sequence) => admit('a', sequence))).toEqual(['fresh', 'fresh', 'fresh', 'fresh'])
})

test.each([
  [-60_000, 'fresh'],
  [60_000, 'fresh'],
  [-60_001, 'skewed'],
  [60_001, 'skewed'],
])('a session that begins %s ms beside the clock is %s', (offset, expected) => {
  expect(admit('a', 1, clock.now() + offset)).toBe(expected)
})

test('a session goes on when a clock is set', () => {
  admit('a', 1)
  clock.jumpWall(-3_600_000)
  expect(admit('a', 2, clock.now() + 3_600_000)).toBe('fresh')
  expect(admit('a', 3, 0)).toBe('fresh')
  expect(admit('b', 1, 0)).toBe('skewed')
})

test('remembers so many sessions and no more, and forgets none that could be replayed', async () => {
  admit('a', 1)
  admit('b', 1)
  expect(admit('c', 1)).toBe('crowded')
  await clock.advance(60_000)
  admit('a', 2)
  await clock.advance(60_001)
  expect(admit('c', 1)).toBe('fresh')
  expect(admit('a', 2)).toBe('replayed')
  expect(admit('b', 1, clock.now() - 120_001)).toBe('skewed')
})
