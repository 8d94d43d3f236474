import { expect, test } from 'vitest'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { DeadlineExceededError, withDeadline } from './deadline.ts'

const never = new Promise<never>(() => undefined)

test('rejects at the deadline although the call ignores its signal', async () => {
  const clock = createVirtualClock()
  const { signal } = new AbortController()
  let outcome: unknown
  void withDeadline({ clock, milliseconds: 1000, signal, what: 'the call' }, () => never).catch((error: unknown) => {
    outcome = error
  })
  await clock.advance(999)
  expect(outcome).toBeUndefined()
  await clock.advance(1)
  expect(outcome).toBeInstanceOf(DeadlineExceededError)
})

test('rejects with the reason of an abort', async () => {
  const clock = createVirtualClock()
  const controller = new AbortController()
  const call = withDeadline({ clock, milliseconds: 1000, signal: controller.signal, what: 'the call' }, () => never)
  controller.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
})

test('gives the result and leaves no timer behind', async () => {
  const clock = createVirtualClock()
  const { signal } = new AbortController()
  let inner: AbortSignal | undefined
  const result = await withDeadline({ clock, milliseconds: 1000, signal, what: 'the call' }, (given) => {
    inner = given
    return Promise.resolve(7)
  })
  expect(result).toBe(7)
  await clock.advance(5000)
  expect(inner?.aborted).toBe(false)
})
