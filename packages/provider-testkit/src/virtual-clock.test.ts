import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

describe('createVirtualClock', () => {
  it('wakes sleepers in the order of their times, and lets each run before the next', async () => {
    const clock = createVirtualClock({ start: 1_000 })
    const log: string[] = []
    const walk = async (name: string, step: number): Promise<void> => {
      for (let i = 0; i < 2; i++) {
        await clock.sleep(step)
        log.push(`${name}@${clock.monotonic()}`)
      }
    }
    const both = Promise.all([walk('slow', 30), walk('fast', 20)])
    await clock.advance(100)
    await both
    expect(log).toEqual(['fast@20', 'slow@30', 'fast@40', 'slow@60'])
    expect(clock.now()).toBe(1_100)
    expect(clock.sleepers).toBe(0)
  })

  it('keeps the order of those who wake at the same time', async () => {
    const clock = createVirtualClock()
    const log: number[] = []
    for (const name of [1, 2, 3]) void clock.sleep(5).then(() => log.push(name))
    await clock.advance(5)
    expect(log).toEqual([1, 2, 3])
  })

  it('rejects with the reason of the signal, before and during a sleep', async () => {
    const clock = createVirtualClock()
    const reason = new Error('enough')
    await expect(clock.sleep(10, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const slept = clock.sleep(10, { signal: controller.signal })
    controller.abort(reason)
    await expect(slept).rejects.toBe(reason)
    expect(clock.sleepers).toBe(0)
  })

  it('advances only as far as a promise or a predicate needs', async () => {
    const clock = createVirtualClock()
    const work = clock.sleep(70).then(() => 'done')
    void clock.sleep(500)
    expect(await clock.advanceUntil(work)).toBe('done')
    expect(clock.monotonic()).toBe(70)
    await clock.advanceUntil(() => clock.monotonic() >= 500)
    expect(clock.monotonic()).toBe(500)
  })

  it('passes on the rejection of the promise', async () => {
    const clock = createVirtualClock()
    const work = clock.sleep(5).then(() => Promise.reject(new Error('broken')))
    await expect(clock.advanceUntil(work)).rejects.toThrow('broken')
  })

  it('gives up at the limit, when nobody sleeps, and in a loop without end', async () => {
    const clock = createVirtualClock({ wakeLimit: 20 })
    await expect(clock.advanceUntil(new Promise(() => {}))).rejects.toThrow('next sleeper: none')
    const late = clock.sleep(1_000)
    await expect(clock.advanceUntil(late, { withinMilliseconds: 999 })).rejects.toThrow('next sleeper: 1000 ms')
    const loop = async (): Promise<void> => {
      for (;;) await clock.sleep(0)
    }
    void loop()
    await expect(clock.advance(1)).rejects.toThrow('a loop?')
  })

  it('moves the wall clock without touching waits', async () => {
    const clock = createVirtualClock({ start: 0 })
    const slept = clock.sleep(100)
    clock.jumpWall(-50)
    await clock.advance(100)
    await slept
    expect(clock.now()).toBe(50)
    expect(clock.monotonic()).toBe(100)
  })
})
