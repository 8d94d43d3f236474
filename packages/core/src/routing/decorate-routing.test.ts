import { isProviderError, ProviderError, type Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import { account, serverOf, v4 } from '../plan/testing/situation.ts'
import { decorateRouting } from './decorate-routing.ts'
import type { ProviderCall } from './provider-call.ts'

let clock = createVirtualClock()
let calls: ProviderCall[] = []
beforeEach(() => {
  clock = createVirtualClock()
  calls = []
})
const { signal } = new AbortController()
const never = (): Promise<never> => new Promise(() => {})
const decorated = (routing: Partial<Routing>): Routing =>
  decorateRouting(
    { ...account().routing, ...routing },
    { clock, account: 'cloud', readDeadline: 10_000, changeDeadline: 5000, onCall: (call) => void calls.push(call) },
  )

test('a change that does not end has an unknown outcome, a read none', async () => {
  const routing = decorated({ assign: never, observe: never })
  const assigned = routing.assign(v4, serverOf('a'), { signal }).catch((error: unknown) => error)
  const observed = routing.observe([v4], { signal }).catch((error: unknown) => error)
  expect(await clock.advanceUntil(assigned)).toMatchObject({ code: 'Transient', outcome: 'unknown' })
  expect(clock.monotonic()).toBe(5000)
  expect(await clock.advanceUntil(observed)).toMatchObject({ code: 'Transient', outcome: 'not-applied' })
  expect(calls).toEqual([
    { account: 'cloud', operation: 'assign', outcome: 'Transient', seconds: 5, error: await assigned },
    { account: 'cloud', operation: 'observe', outcome: 'Transient', seconds: 10, error: await observed },
  ])
  expect(await assigned).toMatchObject({
    message: 'The provider did not answer within 5 s, assigning an address at the account cloud.',
  })
  expect(clock.sleepers).toBe(0)
})

test('whatever a provider throws is typed, and what is typed is passed on', async () => {
  const typed = new ProviderError('Denied', 'No.', { outcome: 'not-applied' })
  await expect(decorated({ release: () => Promise.reject(typed) }).release(v4, serverOf('a'), { signal })).rejects.toBe(
    typed,
  )
  const broken = () => {
    throw new TypeError('broken')
  }
  const error: unknown = await decorated({ assign: broken })
    .assign(v4, serverOf('a'), { signal })
    .catch((thrown: unknown) => thrown)
  expect(isProviderError(error) && [error.outcome, error.message.includes('broken')]).toEqual(['unknown', false])
})

test("an abort rejects with the signal's reason, at once", async () => {
  const stopping = new AbortController()
  const call = decorated({ poll: never }).poll('job', { signal: stopping.signal })
  stopping.abort('enough')
  await expect(call).rejects.toBe('enough')
  expect(calls).toMatchObject([{ operation: 'poll', outcome: 'cancelled' }])
})

test('an answer is measured, and what the provider lacks stays lacking', async () => {
  const routing = decorated({ resolve: async () => [] })
  expect(await routing.resolve([], { signal })).toEqual([])
  expect(calls).toEqual([{ account: 'cloud', operation: 'resolve', outcome: 'ok', seconds: 0 }])
  expect('serverStates' in routing).toBe(false)
})

test('a read that could not ask about some of the nodes is no success', async () => {
  const routing = decorated({ resolve: async () => [{ kind: 'unknown', node: 'a', message: 'The cloud is away.' }] })
  await routing.resolve([], { signal })
  expect(calls).toMatchObject([{ operation: 'resolve', outcome: 'Transient' }])
})
