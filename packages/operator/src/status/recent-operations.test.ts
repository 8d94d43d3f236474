import { formatInstant } from '@failover-ip/core'
import { expect, test } from 'vitest'
import { withOperation } from './recent-operations.ts'

const now = Date.UTC(2026, 10, 21)
const operation = (secondsAgo: number) => ({
  unit: `192.0.2.${secondsAgo % 250}/32`,
  at: formatInstant(now - secondsAgo * 1000),
})
const kept = (ages: readonly number[], capabilities: Parameters<typeof withOperation>[2]) =>
  withOperation({ recentOperations: ages.map(operation) }, operation(0), capabilities).recentOperations?.map(
    ({ at }) => (now - Date.parse(at)) / 1000,
  )

test('an operation is kept for as long as the longest window, or the cool-down, counts it', () => {
  const windows = [
    { mutations: 10, seconds: 300 },
    { mutations: 20, seconds: 3600 },
  ]
  expect(kept([4000, 3000, 200], { accountWindows: windows, coolDownSeconds: 0 })).toEqual([3000, 200, 0])
  expect(kept([4000, 302, 300, 200], { accountWindows: [], coolDownSeconds: 301 })).toEqual([300, 200, 0])
})

test('no more are kept than the schema allows', () => {
  const ages = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(kept(ages, { accountWindows: [{ mutations: 128, seconds: 3600 }], coolDownSeconds: 0 })).toHaveLength(128)
})
