import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import { createAdmission, type Admission } from './admission.ts'

let clock: VirtualClock
let admission: Admission

beforeEach(() => {
  clock = createVirtualClock()
  admission = createAdmission({
    clock,
    source: { perSecond: 10, burst: 5 },
    strangers: { perSecond: 2, burst: 3 },
    mostSources: 2,
  })
})

const admitted = (source: string, times: number): number =>
  Array.from({ length: times }, () => admission.admits(source)).filter(Boolean).length

test('strangers share one limit, however many they are', async () => {
  expect(Array.from({ length: 100 }, (_, index) => admission.admits(`stranger ${index}`)).filter(Boolean)).toHaveLength(
    3,
  )
  await clock.advance(1000)
  expect(admitted('another', 10)).toBe(2)
  await clock.advance(3_600_000)
  expect(admitted('another', 10)).toBe(3)
})

test('a known source is heard through a flood of strangers, and has a limit of its own', async () => {
  admission.welcome('leader')
  admitted('stranger', 1000)
  expect(admitted('leader', 10)).toBe(5)
  await clock.advance(200)
  expect(admitted('leader', 10)).toBe(2)
})

test('a welcome renews no tokens, and the one of longest ago makes room', () => {
  admission.welcome('a')
  expect(admitted('a', 10)).toBe(5)
  admission.welcome('b')
  admission.welcome('a')
  expect(admitted('a', 1)).toBe(0)
  admission.welcome('c')
  admitted('stranger', 10)
  expect([admitted('b', 1), admitted('c', 1)]).toEqual([0, 1])
})
