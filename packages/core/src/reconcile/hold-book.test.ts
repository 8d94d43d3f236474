import { ProviderError, type ProviderErrorCode } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import { createHoldBook, type HoldBook } from './hold-book.ts'

let clock = createVirtualClock()
let holds: HoldBook

beforeEach(() => {
  clock = createVirtualClock()
  holds = createHoldBook(clock, () => 0)
})

const fail = (
  key: string,
  code: ProviderErrorCode,
  options: { node?: string; retryAfterSeconds?: number; patience?: number } = {},
): void => {
  const { node, patience = 8, ...rest } = options
  holds.failed({
    key,
    account: 'cloud',
    node,
    patience,
    error: new ProviderError(code, code, { outcome: 'not-applied', ...rest }),
  })
}
const remaining = (key: string): number => (holds.holdOf(key, 'cloud')?.until ?? clock.monotonic()) - clock.monotonic()

test('a failure holds its own FailoverIP, longer each time', async () => {
  const waits = []
  for (let i = 0; i < 8; i += 1) {
    fail('web', 'Transient')
    waits.push(remaining('web'))
    expect(holds.holdOf('mail', 'cloud')).toBeUndefined()
    await clock.advance(remaining('web'))
    expect(holds.holdOf('web', 'cloud')).toBeUndefined()
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
})

test.each(['RateLimited', 'Denied'] as const)('%s holds the whole account', (code) => {
  fail('web', code, { retryAfterSeconds: 30 })
  expect([remaining('web'), remaining('mail')]).toEqual([30_000, 30_000])
})

test('a success ends a row of failures, and no hold that came after it was sent [A69]', async () => {
  fail('web', 'RateLimited', { retryAfterSeconds: 30 })
  holds.succeeded('mail', 'cloud')
  expect(remaining('mail')).toBe(30_000)
  await clock.advance(30_000)
  holds.succeeded('mail', 'cloud')
  fail('web', 'RateLimited')
  expect(remaining('web')).toBe(1000)
})

test('other credentials end what the account is held for', () => {
  fail('web', 'Denied')
  holds.renewed('cloud')
  expect(holds.holdOf('web', 'cloud')).toBeUndefined()
})

test('a node that refuses is left out for a while, and another is tried at once, three times', () => {
  for (const node of ['a', 'b', 'c']) {
    fail('web', 'Invalid', { node })
    expect(holds.holdOf('web', 'cloud')).toBeUndefined()
  }
  const until = clock.monotonic() + 300_000
  expect(holds.refusals.get('web')).toEqual(['a', 'b', 'c'].map((node) => ({ node, until, times: 1 })))
  fail('web', 'Conflict', { node: 'd' })
  expect(remaining('web')).toBe(8000)
})

test('a node that refuses again and again is left out for longer each time, until a change succeeds', async () => {
  const minutes = []
  for (let time = 1; time <= 6; time += 1) {
    fail('web', 'Invalid', { node: 'a' })
    const until = holds.refusals.get('web')?.[0]?.until ?? 0
    minutes.push((until - clock.monotonic()) / 60_000)
    await clock.advance(until - clock.monotonic())
  }
  expect(minutes).toEqual([5, 10, 20, 40, 60, 60])
  holds.succeeded('web', 'cloud')
  fail('web', 'Invalid', { node: 'a' })
  expect(holds.refusals.get('web')?.[0]?.until).toBe(clock.monotonic() + 300_000)
})

test('a node whose refusal may be of the moment is tried again soon, and less and less', async () => {
  const seconds = []
  for (let time = 1; time <= 10; time += 1) {
    fail('web', 'Conflict', { node: 'a' })
    const until = holds.refusals.get('web')?.[0]?.until ?? 0
    seconds.push((until - clock.monotonic()) / 1000)
    await clock.advance(until - clock.monotonic())
  }
  expect(seconds).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600])
})

test('a busy target is left sooner where every try counts, and tried again soon', async () => {
  const seconds = []
  fail('web', 'Busy', { node: 'a', patience: 1 })
  expect(holds.refusals.get('web')).toBeUndefined()
  for (let time = 1; time <= 5; time += 1) {
    fail('web', 'Busy', { node: 'a', patience: 1 })
    const until = holds.refusals.get('web')?.[0]?.until ?? 0
    seconds.push((until - clock.monotonic()) / 1000)
    await clock.advance(until - clock.monotonic())
  }
  expect(seconds).toEqual([10, 20, 40, 60, 60])
})

test('what is gone is forgotten, and no list grows without end', () => {
  for (let i = 0; i < 100; i += 1) fail('web', 'Invalid', { node: `n${i}` })
  expect(holds.refusals.get('web')).toHaveLength(32)
  fail('account cloud', 'Unsupported')
  expect(holds.holdOf('mail', 'cloud')).toBeUndefined()
  fail('web', 'Denied')
  holds.forget(new Set(), [])
  expect([holds.refusals.size, holds.holdOf('web', 'cloud')]).toEqual([0, undefined])
})

test('what is busy is asked again soon; a target that stays so is left for another', async () => {
  const waits = []
  for (let failures = 1; failures <= 8; failures++) {
    fail('web', 'Busy', { node: 'a' })
    expect(holds.refusals.get('web')).toBeUndefined()
    expect(holds.holdOf('web', 'cloud')?.reason).toBe('Busy')
    waits.push(remaining('web'))
    await clock.advance(remaining('web'))
  }
  expect(waits).toEqual([1000, 2000, 2000, 2000, 2000, 2000, 2000, 2000])
  fail('web', 'Busy', { node: 'a' })
  expect(remaining('web')).toBe(2000)
  expect(holds.refusals.get('web')).toMatchObject([{ node: 'a', times: 1 }])
  await clock.advance(60_000)
  holds.succeeded('web', 'cloud')
  expect(holds.refusals.get('web')).toBeUndefined()
})

test('what is busy for other reasons than its target, or transient, is waited for', async () => {
  for (let failures = 1; failures <= 8; failures++) {
    fail('web', 'Transient', { node: 'a' })
    fail('mail', 'Busy')
    await clock.advance(60_000)
  }
  fail('mail', 'Busy')
  expect(remaining('mail')).toBe(60_000)
  expect([...holds.refusals.keys()]).toEqual([])
})
