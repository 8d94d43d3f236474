import { ProviderError, type MutationResult, type Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, test } from 'vitest'
import type { CallState } from '../plan/call-state.ts'
import type { UnitChange } from '../plan/decision.ts'
import { account, operation, serverOf, v4, v6 } from '../plan/testing/situation.ts'
import { sendChanges, type SendContext } from './send-changes.ts'

const change = (unit: string, id: string): UnitChange => ({
  unit,
  server: serverOf('b'),
  operation: operation('a', 'b', { id }),
})
const both = [change(v4, 'one'), change(v6, 'two')]
const clock = createVirtualClock()

async function send(assign: Routing['assign'], authority: SendContext['authority'] = { mayAct: () => true }) {
  const calls = new Map<string, CallState>(both.map(({ operation: { id } }) => [id, { state: 'unsent', settledAt: 0 }]))
  const failed: string[] = []
  const seen: string[] = []
  const routing = {
    ...account().routing,
    assign: (...[unit, server, options]: Parameters<Routing['assign']>) => {
      seen.push(`${unit} ${calls.get(unit === v4 ? 'one' : 'two')?.state}`)
      return assign(unit, server, options)
    },
  }
  const { signal } = new AbortController()
  const sending = sendChanges(both, {
    account: { ...account(), routing },
    clock,
    authority,
    signal,
    calls,
    onFailed: ({ unit }) => failed.push(unit),
  })
  const sentAtOnce = seen.length
  await sending
  return { states: [calls.get('one')?.state, calls.get('two')?.state], failed, seen, sentAtOnce }
}

test('sends in the tick in which the authority was asked', async () => {
  const { sentAtOnce, seen, states } = await send(() => Promise.resolve({ status: 'done' }))
  expect([sentAtOnce, seen, states]).toEqual([2, [`${v4} calling`, `${v6} calling`], ['done', 'done']])
})

test('sends nothing when the authority is lost, which is known as unsent', async () => {
  const { seen, states } = await send(() => Promise.resolve({ status: 'done' }), { mayAct: () => false })
  expect([seen, states]).toEqual([[], ['unsent', 'unsent']])
})

test('takes only a refusal for a failure, and nothing but an answer for a success [A69]', async () => {
  const error = (outcome: 'unknown' | 'not-applied') =>
    Promise.reject<MutationResult>(new ProviderError('RateLimited', '', { outcome }))
  expect(
    await send((unit) => (unit === v4 ? Promise.resolve({ status: 'pending', operation: 1 }) : error('not-applied'))),
  ).toMatchObject({ states: ['pending', 'refused'], failed: [v6] })
  expect(await send((unit) => (unit === v4 ? error('unknown') : Promise.reject(new Error('broken'))))).toMatchObject({
    states: ['unknown', 'unknown'],
    failed: [v4, v6],
  })
})
