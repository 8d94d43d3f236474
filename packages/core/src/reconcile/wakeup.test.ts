import { createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, test } from 'vitest'
import { createWakeup } from './wakeup.ts'

test('a ring while nobody waits is heard by the next wait, once', async () => {
  const clock = createVirtualClock()
  const wakeup = createWakeup(clock)
  wakeup.ring()
  wakeup.ring()
  await wakeup.wait(undefined)
  const second = wakeup.wait(100)
  await clock.advanceUntil(second)
  expect(clock.monotonic()).toBe(100)
})

test('a ring ends a wait early, and its timer with it', async () => {
  const clock = createVirtualClock()
  const wakeup = createWakeup(clock)
  const waiting = wakeup.wait(100)
  wakeup.ring()
  await waiting
  expect([clock.monotonic(), clock.sleepers]).toEqual([0, 0])
})
