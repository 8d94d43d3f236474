import { expect, test, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

test('tells wall time, and time that never goes back', async () => {
  const clock = systemClock()
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000)
  const before = clock.monotonic()
  await clock.sleep(5)
  expect(clock.monotonic() - before).toBeGreaterThanOrEqual(4)
})

test('rejects with the reason of its signal, at once, and leaves no timer behind', async () => {
  vi.useFakeTimers()
  try {
    const clock = systemClock()
    await expect(clock.sleep(1000, { signal: AbortSignal.abort('over') })).rejects.toBe('over')
    const controller = new AbortController()
    const sleep = clock.sleep(1000, { signal: controller.signal })
    expect(vi.getTimerCount()).toBe(1)
    controller.abort('enough')
    await expect(sleep).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test.each([2 ** 31 + 5000, Number.POSITIVE_INFINITY])('sleeps for %d ms, longer than a timer can', async (length) => {
  vi.useFakeTimers()
  try {
    const controller = new AbortController()
    let awake = false
    const sleep = systemClock()
      .sleep(length, { signal: controller.signal })
      .then(() => (awake = true))
    await vi.advanceTimersByTimeAsync(2 ** 31 + 4000)
    expect(awake).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(awake).toBe(length !== Number.POSITIVE_INFINITY)
    controller.abort('enough')
    if (!awake) await expect(sleep).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('sleeps for less than nothing without a warning', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning')
  try {
    await systemClock().sleep(-0.004)
    expect(emitWarning).not.toHaveBeenCalled()
  } finally {
    emitWarning.mockRestore()
  }
})
