import type { Clock } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { keepRhythm } from './rhythm.ts'
import { staysSilent } from './silence.ts'

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
  const silent = (isHeard: () => boolean = () => false, drained: () => Promise<void> = () => Promise.resolve()) =>
    virtual.advanceUntil(staysSilent(200, isHeard, { clock, drained, signal }))

  test('is called so after the patience', async () => {
    expect(await silent()).toBe(true)
    expect(virtual.monotonic()).toBe(200)
    expect(await silent(() => true)).toBe(false)
  })

  test('is not called so before what has arrived was read', async () => {
    let read = false
    const drained = (): Promise<void> => {
      read = true
      return Promise.resolve()
    }
    expect(await silent(() => read, drained)).toBe(false)
  })

  test('waits once more after the process was held up', async () => {
    heldUp = [60_000]
    expect(await silent()).toBe(true)
    expect(virtual.monotonic()).toBe(60_400)
    heldUp = [60_000]
    const until = virtual.monotonic() + 60_300
    expect(await silent(() => virtual.monotonic() >= until)).toBe(false)
  })

  test('is called so at last by a process that is held up all the time', async () => {
    heldUp = [100, 100, 100, 100, 100]
    expect(await silent()).toBe(true)
    expect(virtual.monotonic()).toBe(4 * 300)
  })
})

test('a rhythm leaves out the probes that it was too late for, and goes on', async () => {
  heldUp = [0, 700]
  const sent: number[] = []
  const stop = new AbortController()
  const rhythm = keepRhythm({
    clock,
    drained: () => Promise.resolve(),
    signal: stop.signal,
    interval: 200,
    patience: 200,
    firstAt: 100,
    send: () => {
      sent.push(virtual.monotonic())
      return { sentAt: virtual.monotonic(), state: 'heard' }
    },
    onSilence: () => expect.fail('nobody was silent'),
  })
  await virtual.advance(1450)
  expect(sent).toEqual([100, 1000, 1200, 1400])
  stop.abort(new Error('enough'))
  await expect(rhythm).rejects.toThrow('enough')
})
