import { ProviderError, type NodeFacts, type Observation, type Routing, type ServerMatch } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { account, seen, serverOf, v4, v6 } from '../plan/testing/situation.ts'
import { createAccountReader, type AccountReader } from './account-reader.ts'

const latency = 100
const away = new ProviderError('Transient', 'Away.', { outcome: 'not-applied' })
let clock: VirtualClock
let reader: AccountReader
let news: number
let answer: () => readonly Observation[]
let asked: (readonly string[])[]

beforeEach(() => {
  clock = createVirtualClock()
  news = 0
  asked = []
  answer = () => [seen(v4, 'a').observation, seen(v6, 'a').observation]
  reader = createAccountReader({
    clock,
    random: () => 0,
    signal: new AbortController().signal,
    onNews: () => void (news += 1),
    track: (task) => void task,
  })
})

const routing: Routing = {
  ...account().routing,
  observe: async (units) => {
    asked.push(units)
    await clock.sleep(latency)
    return answer()
  },
}
const units = [v4, v6]
const places = new Map(units.map((unit) => [unit, unit]))
const read = (notBefore?: number): number =>
  reader.read(routing, places, notBefore === undefined ? [] : [{ unit: v4, notBefore }])

describe('reads', () => {
  test('all units in the rhythm of drift, and wished ones at once', async () => {
    expect(read()).toBe(30_000)
    await clock.advance(latency)
    expect([asked, news]).toEqual([[units], 1])
    expect(reader.readings.get(v4)).toMatchObject({ requestedAt: 0, equalReads: 1 })
    expect(read()).toBe(30_000)
    read(50)
    expect(asked).toEqual([units, [v4]])
    await clock.advance(30_000)
    read()
    expect(asked).toEqual([units, [v4], units])
  })

  test('once for all who wish for the same, again for who wishes for a later one', async () => {
    read()
    read(0)
    expect(asked).toHaveLength(1)
    await clock.advance(10)
    read(10)
    read(10)
    expect(asked).toHaveLength(2)
  })

  test('a second time for an escape, when the first one hangs, and then no more', async () => {
    const hanging = { ...routing, observe: () => (asked.push([v4]), new Promise<never>(() => undefined)) }
    const wish = (urgent: boolean): number =>
      reader.read(asked.length === 1 ? hanging : routing, places, [
        { unit: v4, notBefore: 200, ...(urgent ? { urgent } : {}) },
      ])
    read()
    await clock.advance(200)
    wish(true)
    await clock.advance(999)
    expect([wish(false), wish(true), asked.length]).toEqual([30_000, 1200, 2])
    await clock.advance(1)
    expect([wish(true), asked.length]).toEqual([30_000, 3])
    expect([wish(true), asked.length]).toEqual([30_000, 3])
    await clock.advance(latency)
    expect(reader.readings.get(v4)?.requestedAt).toBe(1200)
  })

  test('at most four at a time', async () => {
    for (let i = 0; i < 6; i += 1) {
      read(clock.monotonic())
      await clock.advance(1)
    }
    expect(asked).toHaveLength(4)
    expect(read(clock.monotonic())).toBe(clock.monotonic() + 1000)
  })

  test('what fails as unknown, never as absent, and not before a while has passed', async () => {
    answer = () => {
      throw away
    }
    read()
    await clock.advance(latency)
    expect(reader.readings.get(v4)?.observation).toEqual({ kind: 'unknown', unit: v4, error: away })
    expect(read(clock.monotonic())).toBe(latency + 1000)
    await clock.advance(1000)
    read(clock.monotonic())
    await clock.advance(latency)
    expect(read(clock.monotonic())).toBe(clock.monotonic() + 2000)
  })

  test('as late as a provider asks for', async () => {
    const limited = new ProviderError('RateLimited', '', { outcome: 'not-applied', retryAfterSeconds: 90 })
    answer = () => {
      throw limited
    }
    read()
    await clock.advance(latency)
    expect(read(clock.monotonic())).toBe(latency + 90_000)
  })

  test('of what failed apart from the others, whose pace it does not change', async () => {
    const down = new ProviderError('Busy', 'Maintenance.', { outcome: 'not-applied', retryAfterSeconds: 90 })
    answer = () => [{ kind: 'unknown', unit: v4, error: down }, seen(v6, 'a').observation]
    read()
    await clock.advance(30_000)
    expect(reader.read(routing, places, [{ unit: v6, notBefore: 0 }])).toBe(60_000)
    expect(asked).toEqual([units, [v6]])
    await clock.advance(60_100)
    read()
    expect(asked).toEqual([units, [v6], [v6], [v4]])
  })

  test('place by place where they fail, and never the same unit twice at once', async () => {
    const hangs = (asked: readonly string[]) =>
      asked.includes(v6) ? new Promise<never>(() => {}) : clock.sleep(latency)
    answer = () => {
      throw away
    }
    read()
    await clock.advance(latency)
    answer = () => [seen(v4, 'a').observation]
    const hanging: Routing = {
      ...routing,
      observe: async (asked, call) => (await hangs(asked), routing.observe(asked, call)),
    }
    const wish = () =>
      reader.read(
        hanging,
        places,
        units.map((unit) => ({ unit, notBefore: clock.monotonic() })),
      )
    await clock.advance(1000)
    wish()
    await clock.advance(2 * latency)
    expect(reader.readings.get(v4)?.observation.kind).toBe('found')
    wish()
    await clock.advance(2 * latency)
    expect(asked).toEqual([units, [v4], [v4]])
  })

  test('what is left out of an answer as unknown, and forgets what nobody wants', async () => {
    answer = () => [seen(v4, 'a').observation]
    read()
    await clock.advance(latency)
    expect(reader.readings.get(v6)?.observation.kind).toBe('unknown')
    reader.read(routing, new Map([[v4, '']]), [])
    expect([...reader.readings.keys()]).toEqual([v4])
  })
})

describe('servers', () => {
  const node = (name: string, providerID = name): NodeFacts => ({
    name,
    providerID,
    addresses: [],
    labels: {},
    annotations: {},
  })
  const matched = (name: string): ServerMatch => ({ kind: 'matched', node: name, server: serverOf(name) })
  const unknown = (name: string, message = ''): ServerMatch => ({ kind: 'unknown', node: name, message })
  const resolve = async (nodes: readonly NodeFacts[], matches: () => readonly ServerMatch[]): Promise<number> => {
    const next = reader.resolve({ ...routing, resolve: async () => matches() }, nodes)
    await clock.advance(0)
    return next
  }

  test('are known once the account has answered, and asked for again when nodes change', async () => {
    expect(reader.servers.known).toBe(false)
    await resolve([node('a')], () => [matched('a')])
    expect([reader.servers.known, reader.servers.serverOf('a')]).toEqual([true, serverOf('a')])
    expect(await resolve([node('a')], () => [])).toBe(300_000)
    await resolve([node('a'), node('b')], () => [matched('a'), matched('b')])
    expect(reader.servers.nodeOf(serverOf('b'))).toBe('b')
    await resolve([node('b')], () => [matched('b')])
    expect(reader.servers.matches.has('a')).toBe(false)
  })

  test('stay known while the cloud cannot say, though another node has joined', async () => {
    await resolve([node('a')], () => [matched('a')])
    await resolve([node('a'), node('b')], () => [unknown('a'), matched('b')])
    expect(reader.servers.serverOf('a')).toEqual(serverOf('a'))
    await clock.advance(2000)
    await resolve([node('a', 'another machine'), node('b')], () => [unknown('a'), matched('b')])
    expect(reader.servers.serverOf('a')).toBeUndefined()
  })

  test('are not known before the cloud could be asked about every node, and the latest reason is kept', async () => {
    const nodes = [node('a'), node('b')]
    await resolve(nodes, () => [unknown('a', 'Away.'), unknown('b', 'Away.')])
    expect(reader.servers).toMatchObject({ known: false, failure: expect.stringContaining('Away.') })
    await clock.advance(2000)
    await resolve(nodes, () => [matched('a'), unknown('b', 'Still away.')])
    expect(reader.servers).toMatchObject({ known: false, failure: expect.stringContaining('Still away.') })
    expect(reader.servers.serverOf('a')).toEqual(serverOf('a'))
    await clock.advance(4000)
    await resolve(nodes, () => [matched('a'), matched('b')])
    expect([reader.servers.known, reader.servers.failure]).toEqual([true, undefined])
  })

  test('that cannot be asked for are asked for later and later, and the reason is kept', async () => {
    const failing = (): never => {
      throw away
    }
    await resolve([node('a')], failing)
    expect([reader.servers.known, reader.servers.failure?.includes('Away.')]).toEqual([false, true])
    expect(await resolve([node('a')], failing)).toBe(1000)
    await clock.advance(1000)
    await resolve([node('a')], failing)
    expect(await resolve([node('a')], failing)).toBe(3000)
  })

  test('are asked for as late as a provider wants', async () => {
    const limited = new ProviderError('RateLimited', '', { outcome: 'not-applied', retryAfterSeconds: 90 })
    const failing = (): never => {
      throw limited
    }
    await resolve([node('a')], failing)
    expect(await resolve([node('a')], failing)).toBe(90_000)
  })
})

test('slots are counted anew after deletions, once for many of them', async () => {
  let counts = 0
  const counting: Routing = {
    ...routing,
    resolve: async () => {
      counts += 1
      await clock.sleep(latency)
      return [{ kind: 'matched', node: 'a', server: serverOf('a') }]
    },
  }
  const nodes: readonly NodeFacts[] = [{ name: 'a', addresses: [], labels: {}, annotations: {} }]
  const resolve = (): number => reader.resolve(counting, nodes)
  resolve()
  reader.recountSlots()
  await clock.advance(latency)
  expect([counts, resolve()]).toEqual([1, Number.POSITIVE_INFINITY])
  await clock.advance(latency)
  expect([counts, resolve()]).toEqual([2, clock.monotonic() + 300_000])
  for (let deletion = 0; deletion < 100; deletion += 1) reader.recountSlots()
  expect([counts, resolve()]).toEqual([2, clock.monotonic() + 10_000])
  await clock.advance(10_000)
  resolve()
  await clock.advance(latency)
  expect([counts, resolve()]).toEqual([3, clock.monotonic() + 300_000])
})
