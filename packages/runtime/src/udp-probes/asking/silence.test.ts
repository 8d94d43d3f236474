import type { Clock } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { keepRhythm } from './rhythm.ts'
import { waitOut } from './silence.ts'

const { signal } = new AbortController()
let virtual: VirtualClock
/** Milliseconds that each of the next sleeps takes longer than it should: the process is held up. */
let heldUp: number[]
let clock: Clock

beforeEach(() => {
  virtual = createVirtualClock()
  heldUp = []
  clock = {
    ...virtual,
    sleep: (milliseconds, options) => virtual.sleep(milliseconds + (heldUp.shift() ?? 0), options),
  }
})

describe('silence', () => {
  const wait = (isHeard: () => boolean = () => false, drained: () => Promise<void> = () => Promise.resolve()) =>
    virtual.advanceUntil(waitOut(200, isHeard, { clock, drained, signal }))

  test('is called so after the patience', async () => {
    expect(await wait()).toBe('silent')
    expect(virtual.monotonic()).toBe(200)
    expect(await wait(() => true)).toBe('heard')
    heldUp = [100]
    expect(await wait()).toBe('silent')
  })

  test('is not called so before what has arrived was read', async () => {
    let read = false
    const drained = (): Promise<void> => {
      read = true
      return Promise.resolve()
    }
    heldUp = [60_000]
    expect(await wait(() => read, drained)).toBe('heard')
  })

  test('is not called so by a process that was held up', async () => {
    heldUp = [60_000]
    expect(await wait()).toBe('heldUp')
  })
})

/** Times of probes and of silences, of a node that is silent from the start or answers at once. */
async function rhythm(milliseconds: number, state: 'heard' | 'open'): Promise<{ sent: number[]; silent: number[] }> {
  const [sent, silent]: [number[], number[]] = [[], []]
  const stop = new AbortController()
  const kept = keepRhythm({
    clock,
    drained: () => Promise.resolve(),
    signal: stop.signal,
    interval: 200,
    patience: 200,
    firstAt: 100,
    send: () => {
      sent.push(virtual.monotonic())
      return { sentAt: virtual.monotonic(), state }
    },
    onSilence: ({ sentAt }) => silent.push(sentAt),
  })
  await virtual.advance(milliseconds)
  stop.abort(new Error('enough'))
  await expect(kept).rejects.toThrow('enough')
  return { sent, silent }
}

test('a rhythm leaves out the probes that it was too late for, and goes on', async () => {
  heldUp = [0, 700]
  expect(await rhythm(1450, 'heard')).toEqual({ sent: [100, 1000, 1200, 1400], silent: [] })
})

test('a rhythm that was held up asks again at once before it calls anybody silent', async () => {
  heldUp = [0, 700]
  expect(await rhythm(1450, 'open')).toEqual({ sent: [100, 1000, 1200, 1400], silent: [1000, 1200] })
})

test('a rhythm that is held up all the time calls who is silent so at last', async () => {
  heldUp = [0, 300, 300, 300, 300, 300]
  expect((await rhythm(2700, 'open')).silent).toEqual([1600, 2100])
})
