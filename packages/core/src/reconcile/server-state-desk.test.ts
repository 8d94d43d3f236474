import { ProviderError, type Routing, type ServerState } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import { account } from '../plan/testing/situation.ts'
import { createServerStateDesk, type ServerStateDesk } from './server-state-desk.ts'

const latency = 100
let clock: VirtualClock
let desk: ServerStateDesk
let asked: string[]
let answered: string[]
let answer: (ids: readonly string[]) => Promise<readonly ServerState[]>

beforeEach(() => {
  clock = createVirtualClock()
  asked = []
  answered = []
  answer = async (ids) => {
    await clock.sleep(latency)
    return ids.map(() => 'stopped')
  }
  desk = createServerStateDesk({
    clock,
    random: () => 0,
    signal: new AbortController().signal,
    onNews: () => undefined,
    track: (task) => void task,
    onAnswer: (node, uid, state, at) => void answered.push(`${node} ${uid} ${state} ${at}`),
  })
})

const routing: Routing = {
  ...account().routing,
  serverStates: (servers) => {
    const ids = servers.map(({ id }) => id)
    asked.push(ids.join())
    return answer(ids)
  },
}
const servers = (...nodes: readonly string[]) =>
  nodes.map((node) => ({ node, uid: `uid-${node}`, routing, server: { id: node, location: node === 'c' ? 'y' : 'z' } }))

test('asks about all servers of a place at once, and again after a pause', async () => {
  desk.ask(servers('a', 'b', 'c'))
  expect(asked).toEqual(['a,b', 'c'])
  await clock.advance(latency)
  expect(answered).toEqual(['a uid-a stopped 0', 'b uid-b stopped 0', 'c uid-c stopped 0'])
  expect(desk.ask(servers('a', 'b'))).toBe(5000)
  await clock.advance(4900)
  desk.ask(servers('a', 'b'))
  expect(asked).toEqual(['a,b', 'c', 'a,b'])
})

test('asks at once about a server that it has not asked about, but one question at a time', async () => {
  desk.ask(servers('a'))
  desk.ask(servers('a', 'b'))
  expect(asked).toEqual(['a'])
  await clock.advance(latency)
  desk.ask(servers('a', 'b'))
  expect(asked).toEqual(['a', 'a,b'])
})

test('asks later and later what fails, no sooner than the cloud wants, and other places all the same', async () => {
  answer = async ([first]) => {
    if (first === 'c') return ['running']
    throw new ProviderError('RateLimited', 'No.', { outcome: 'not-applied', retryAfterSeconds: 90 })
  }
  desk.ask(servers('a'))
  await clock.advance(0)
  expect(desk.ask(servers('a', 'b'))).toBe(90_000)
  desk.ask(servers('a', 'c'))
  expect(asked).toEqual(['a', 'c'])
  answer = () => Promise.reject(new Error('away'))
  const waits = []
  await clock.advance(90_000)
  for (let failures = 2; failures <= 7; failures += 1) {
    desk.ask(servers('a'))
    await clock.advance(0)
    const again = desk.ask(servers('a')) ?? 0
    waits.push(again - clock.monotonic())
    await clock.advance(again - clock.monotonic())
  }
  expect(waits).toEqual([5000, 5000, 8000, 16_000, 32_000, 60_000])
})
