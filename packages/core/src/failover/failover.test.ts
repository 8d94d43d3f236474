import type { Clock, ConfiguredProvider, OpenContext, Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import { noProber } from '../ports/prober.ts'
import type { Engine, EngineInput, EngineOptions } from '../reconcile/engine-options.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import { ConfigurationError } from '@failover-ip/provider'
import type { FailoverOptions } from './failover-options.ts'
import { FailoverRunningError, failoverOn } from './failover.ts'

const now = Date.UTC(2026, 0, 1)
const routing: Routing = {
  observe: () => Promise.resolve([]),
  resolve: () => Promise.resolve([]),
  assign: () => Promise.resolve({ status: 'done' }),
  poll: () => Promise.resolve({ status: 'done' }),
  release: () => Promise.resolve({ status: 'done' }),
  nodePlan: () => expect.fail('nothing here configures nodes'),
}
const opened: OpenContext[] = []
const provider: ConfiguredProvider = {
  name: 'acme',
  providerIDPrefix: 'acme://',
  capabilities: {
    unitPrefixLength: { ipv4: 32, ipv6: 64 },
    locationRule: null,
    slotsPerServer: null,
    move: 'direct',
    release: true,
    asynchronous: false,
    eventualReadSeconds: 0,
    coolDownSeconds: 0,
    accountWindows: [],
    node: 'none',
    announce: false,
    ipMode: 'VIP',
  },
  fetch: globalThis.fetch,
  open: (context) => {
    opened.push(context)
    return routing
  },
}
const web = { name: 'web', addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'] }
const nodes = [
  { name: 'a', providerID: 'acme://1', probe: '10.0.0.1:22' },
  { name: 'b', providerID: 'acme://2', probe: '10.0.0.2:22' },
]

let saved: Record<string, FailoverIPStatus>
let options: FailoverOptions
/** What the engine of the last run was made with and told. */
let made: EngineOptions | undefined
let inputs: EngineInput[]
let stopped: number

beforeEach(() => {
  opened.length = 0
  saved = {}
  made = undefined
  inputs = []
  stopped = 0
  options = {
    provider,
    nodes,
    failoverIPs: [web],
    ports: {
      clock: { now: () => now, monotonic: () => 0, sleep: untilAborted },
      prober: noProber,
      store: {
        load: () => Promise.resolve(saved),
        save: (key, status) => {
          saved[key] = status
          return Promise.resolve()
        },
      },
    },
  }
})

/** An engine that only waits for its end, and needs a turn of the event loop to get there. */
function makeEngine(engineOptions: EngineOptions): Engine {
  made = engineOptions
  return {
    update: (input) => void inputs.push(input),
    state: { failoverIPs: new Map(), nodes: new Map(), brake: undefined },
    run: ({ signal }) =>
      new Promise((resolve) => {
        const end = (): void => {
          setImmediate(() => {
            stopped += 1
            resolve()
          })
        }
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      }),
  }
}

const event = (summary: string): FailoverEvent => ({
  at: now,
  key: 'web',
  type: 'Normal',
  reason: 'Adopted',
  node: 'a',
  summary,
})
const signal = new AbortController().signal
/** No time passes here. */
const untilAborted: Clock['sleep'] = (_, { signal: scope } = {}) =>
  new Promise((_resolve, reject) => scope?.addEventListener('abort', () => reject(scope.reason), { once: true }))

/** A run that has begun: its engine is at work, and its first event is read. */
async function begin(failover = failoverOn(makeEngine, options), scope: AbortSignal = signal) {
  inputs = []
  const events = failover.run({ signal: scope })[Symbol.asyncIterator]()
  const first = events.next()
  await vi.waitFor(() => expect(inputs.length).toBeGreaterThan(0))
  made?.onEvent?.(event('first'))
  expect(await first).toEqual({ done: false, value: event('first') })
  return events
}

describe('run', () => {
  test('does nothing before its events are read', async () => {
    failoverOn(makeEngine, options).run({ signal })
    await Promise.resolve()
    expect(made).toBeUndefined()
    expect(opened).toMatchObject([{ userAgent: 'failover-ip' }])
  })

  test("goes by the cloud's clock where the own one is hours behind", async () => {
    const date = new Date(now + 7_200_000).toUTCString()
    const fetch: typeof globalThis.fetch = async () => new Response(null, { headers: { date } })
    const events = await begin(failoverOn(makeEngine, { ...options, ports: { ...options.ports, fetch } }))
    expect(made?.clock.now()).toBe(now)
    for (let answers = 0; answers < 2; answers++) await opened[0]?.fetch('https://cloud.test/')
    expect(made?.clock.now()).toBeGreaterThan(now + 7_198_000)
    await events.return?.()
  })

  test('gives the engine what is stored, and what it stores', async () => {
    saved = {
      web: { node: 'a', addresses: [{ address: web.addresses[0] ?? '', unit: 'u', epoch: 1, changedAt: 'then' }] },
    }
    const events = await begin()
    expect(inputs[0]?.failoverIPs).toMatchObject([
      { key: 'web', account: 'acme', status: saved['web'], policy: { detection: { interval: 200 }, onDrift: 'Adopt' } },
    ])
    expect(inputs[0]?.nodes).toMatchObject([
      { facts: { name: 'a', providerID: 'acme://1', addresses: ['10.0.0.1'] }, probeAddress: '10.0.0.1:22' },
      { facts: { name: 'b' } },
    ])
    expect(inputs[0]?.accounts).toMatchObject([{ key: 'acme', routing, recentOperations: [{ unit: 'u', at: 'then' }] }])
    expect(await made?.store.save({ key: 'web', uid: 'web' }, { node: 'b' }, { signal })).toBe('written')
    expect(saved).toEqual({ web: { node: 'b' } })
    expect(inputs.at(-1)?.failoverIPs).toMatchObject([{ status: { node: 'b' } }])
    await made?.store.noteOperation?.('acme', { unit: 'u', at: 'now' }, { signal })
    expect(inputs.at(-1)?.accounts[0]?.recentOperations.map(({ at }) => at)).toEqual(['then', 'now'])
    await events.return?.()
  })

  test('merges the policy of one FailoverIP into the default, and takes nothing else for policy', async () => {
    options = { ...options, failoverIPs: [{ ...web, detection: { misses: 5 }, onDrift: 'Revert' }] }
    const events = await begin()
    const [input] = inputs[0]?.failoverIPs ?? []
    expect(input?.policy.detection).toEqual({ interval: 200, misses: 5, witnesses: 0 })
    expect(input?.policy.onDrift).toBe('Revert')
    expect(input?.policy).not.toHaveProperty('addresses')
    await events.return?.()
  })

  test('hands on what is liked and what keeps apart', async () => {
    const nodePreferences = [{ weight: 5, nodeSelector: { disk: 'ssd' } }]
    const spread = { group: 'web', maxPerNode: 1 }
    options = { ...options, failoverIPs: [{ ...web, nodePreferences, spread, failback: { mode: 'Delayed' } }] }
    const events = await begin()
    const [input] = inputs[0]?.failoverIPs ?? []
    expect(input).toMatchObject({ nodePreferences, spread, policy: { failback: { mode: 'Delayed', delay: 600_000 } } })
    expect(input?.policy).not.toHaveProperty('spread')
    await events.return?.()
  })

  test('ends when the signal is aborted, after the engine', async () => {
    const controller = new AbortController()
    const events = await begin(undefined, controller.signal)
    const end = events.next()
    controller.abort()
    expect(await end).toEqual({ done: true, value: undefined })
    expect(stopped).toBe(1)
  })

  test('ends with the signal also while the store is being read', async () => {
    const controller = new AbortController()
    const { ports } = options
    options = { ...options, ports: { ...ports, store: { ...ports.store, load: () => new Promise(() => undefined) } } }
    const end = failoverOn(makeEngine, options).run({ signal: controller.signal })[Symbol.asyncIterator]().next()
    controller.abort()
    expect(await end).toMatchObject({ done: true })
    expect(made).toBeUndefined()
  })

  test('does not begin when the signal is aborted already', async () => {
    for await (const _ of failoverOn(makeEngine, options).run({ signal: AbortSignal.abort() })) expect.fail('no event')
    expect(made).toBeUndefined()
  })

  test('stops the engine when the reader leaves the loop', async () => {
    const failover = failoverOn(makeEngine, options)
    setImmediate(() => made?.onEvent?.(event('leave')))
    for await (const _ of failover.run({ signal })) break
    expect(stopped).toBe(1)
  })

  test('refuses a second run while one is under way, and takes it afterwards', async () => {
    const failover = failoverOn(makeEngine, options)
    const events = await begin(failover)
    const second = failover.run({ signal })[Symbol.asyncIterator]()
    await expect(second.next()).rejects.toThrow(FailoverRunningError)
    await events.return?.()
    const third = await begin(failover)
    await third.return?.()
    expect(stopped).toBe(2)
  })

  test('rejects when the store cannot be read', async () => {
    const { ports } = options
    const store = { ...ports.store, load: () => Promise.reject(new Error('broken file')) }
    const events = failoverOn(makeEngine, { ...options, ports: { ...ports, store } }).run({ signal })
    await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow('broken file')
  })

  test('gives a store that does not answer 10 s', async () => {
    const clock = createVirtualClock()
    const { ports } = options
    const hanging = { load: ports.store.load, save: () => new Promise<never>(() => undefined) }
    options = { ...options, ports: { ...ports, clock, store: hanging } }
    const events = await begin()
    const saved = made?.store.save({ key: 'web', uid: 'web' }, { node: 'b' }, { signal })
    await expect(clock.advanceUntil(saved ?? expect.fail())).rejects.toThrow(
      'storing the state of web did not end within 10000 ms',
    )
    await events.return?.()
    const unread = { ...hanging, load: () => new Promise<never>(() => undefined) }
    const run = failoverOn(makeEngine, { ...options, ports: { ...options.ports, store: unread } }).run({ signal })
    await expect(clock.advanceUntil(run[Symbol.asyncIterator]().next())).rejects.toThrow(
      'reading the state did not end',
    )
  })

  test('passes a failed write on to the engine, and keeps what was known', async () => {
    const { ports } = options
    const store = { ...ports.store, save: () => Promise.reject(new Error('disk full')) }
    options = { ...options, ports: { ...ports, store } }
    const events = await begin()
    await expect(made?.store.save({ key: 'web', uid: 'web' }, { node: 'b' }, { signal })).rejects.toThrow('disk full')
    expect(inputs).toHaveLength(1)
    await events.return?.()
  })

  test('tells of what failed and was survived, the same once a minute', async () => {
    let time = 0
    const { ports } = options
    options = { ...options, ports: { ...ports, clock: { ...ports.clock, monotonic: () => time } } }
    const events = await begin()
    const full = new Error('The disk is full.')
    for (time = 0; time < 60_000; time += 1000) made?.onTrouble?.(full)
    made?.onTrouble?.('thrown')
    time = 60_000
    made?.onTrouble?.(full)
    const trouble = { at: now, type: 'Warning', reason: 'Trouble' }
    expect(await events.next()).toEqual({ done: false, value: { ...trouble, error: full, summary: full.message } })
    expect(await events.next()).toMatchObject({ value: { ...trouble, error: 'thrown' } })
    expect(await events.next()).toMatchObject({ value: { ...trouble, error: full } })
    await events.return?.()
  })

  test('keeps the newest events for a reader who is slow, and says that some are gone', async () => {
    const events = await begin()
    for (let count = 1; count <= 1002; count += 1) made?.onEvent?.(event(`${count}`))
    expect(await events.next()).toMatchObject({ value: { reason: 'EventsDropped', dropped: 2, at: now } })
    expect(await events.next()).toMatchObject({ value: { summary: '3' } })
    await events.return?.()
  })
})

describe('configuration', () => {
  const problemsOf = (change: Partial<FailoverOptions>): readonly string[] => {
    try {
      failoverOn(makeEngine, { ...options, ...change })
      return []
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      expect(error.code).toBe('InvalidConfiguration')
      expect(opened).toEqual([])
      return error.problems
    }
  }
  const [a = expect.fail(), b = expect.fail()] = nodes

  const liking = (weight: number, nodeSelector: Record<string, string> = { disk: 'ssd' }) => ({
    ...web,
    nodePreferences: [{ weight, nodeSelector }],
  })

  test('takes one that is right', () => {
    expect(problemsOf({})).toEqual([])
  })

  test.each<[string, Partial<FailoverOptions>, RegExp]>([
    ['no nodes', { nodes: [] }, /"nodes" is empty/],
    ['no addresses at all', { failoverIPs: [] }, /"failoverIPs" is empty/],
    ['a node without a name', { nodes: [{ ...a, name: '' }] }, /name "" of a node/],
    ['nodes of one name', { nodes: [a, { ...b, name: 'a' }] }, /two nodes have the name "a"/],
    ['nodes of one server', { nodes: [a, { ...b, providerID: 'acme://1' }] }, /two nodes have the providerID/],
    ["another cloud's node", { nodes: [{ ...a, providerID: 'aws://1' }] }, /must start with "acme:\/\/"/],
    ['a probe by name', { nodes: [{ ...a, probe: 'a.example:22' }] }, /probe "a.example:22" must be/],
    ['a probe of the address itself', { nodes: [{ ...a, probe: '51.15.129.35:80' }] }, /is a failover IP/],
    ['an empty FailoverIP', { failoverIPs: [{ name: 'web', addresses: [] }] }, /"failoverIPs\[0\].addresses" is empty/],
    ['a prefix', { failoverIPs: [{ name: 'web', addresses: ['51.15.129.35/32'] }] }, /canonical form/],
    ['an address in long form', { failoverIPs: [{ name: 'web', addresses: ['2001:BC8:0::1'] }] }, /canonical form/],
    ['an octal address', { failoverIPs: [{ name: 'web', addresses: ['051.15.129.35'] }] }, /canonical form/],
    [
      'an address twice',
      { failoverIPs: [{ name: 'web', addresses: ['1.2.3.4', '1.2.3.4'] }] },
      /1.2.3.4 is listed twice/,
    ],
    ['FailoverIPs of one name', { failoverIPs: [web, { name: 'web', addresses: ['1.2.3.4'] }] }, /have the name "web"/],
    [
      'two in one unit',
      { failoverIPs: [web, { name: 'api', addresses: ['2001:bc8:710:3c3b::2'] }] },
      /"web" and "api" share the routed unit 2001:bc8:710:3c3b::\/64/,
    ],
    [
      'an impatient interval',
      { failoverIPs: [{ ...web, detection: { interval: 1 } }] },
      /"failoverIPs\[0\].detection.interval" must be a whole number from 50 to 60000/,
    ],
    ['witnesses', { failoverIPs: [{ ...web, detection: { witnesses: 1 } }] }, /no witnesses without Kubernetes/],
    [
      'an unknown mode',
      { failoverIPs: [{ ...web, onDrift: 'Panic' as 'Adopt' }] },
      /onDrift" must be one of "Adopt", "Revert"/,
    ],
    [
      'a failback that does not exist',
      { failoverIPs: [{ ...web, failback: { mode: 'Soon' as 'Always' } }] },
      /failback.mode" must be one of "Never"/,
    ],
    ['no weight', { failoverIPs: [liking(0)] }, /nodePreferences\[0\].weight" must be a whole number from 1 to 100/],
    ['half a weight', { failoverIPs: [liking(0.5)] }, /nodePreferences\[0\].weight/],
    ['a liking for all', { failoverIPs: [liking(1, {})] }, /nodeSelector must name at least one label/],
    [
      'a liking for what is excluded',
      { failoverIPs: [{ ...liking(1, { disk: 'ssd' }), nodeSelector: { disk: 'hdd' } }] },
      /asks for the label disk=ssd, which the nodeSelector excludes/,
    ],
    ['a spread of nothing', { failoverIPs: [{ ...web, spread: { group: 'web' } }] }, /spread needs maxPerNode/],
    [
      'a limit of 0',
      { failoverIPs: [{ ...web, spread: { group: 'web', maxPerNode: 0 } }] },
      /spread.maxPerNode" must be 1 or more/,
    ],
    [
      'limits the wrong way round',
      { failoverIPs: [{ ...web, spread: { group: 'web', maxPerNode: 2, maxPerZone: 1 } }] },
      /maxPerNode cannot be more than maxPerZone/,
    ],
    ['half a priority', { failoverIPs: [{ ...web, priority: 0.5 }] }, /priority" must be a whole number/],
    [
      'a family nobody routes',
      { provider: { ...provider, capabilities: { ...provider.capabilities, unitPrefixLength: { ipv4: 32 } } } },
      /acme routes no addresses of the family of 2001/,
    ],
  ])('refuses %s', (_, change, problem) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(problem)])
  })

  test('refuses a provider without fetch, unless one is passed', async () => {
    const { fetch, ...bare } = provider
    expect(problemsOf({ provider: bare })).toEqual([expect.stringContaining('ports.fetch is missing')])
    expect(fetch).toBeDefined()
    const own: typeof globalThis.fetch = () => Promise.reject(new Error('this one'))
    expect(problemsOf({ provider: bare, ports: { ...options.ports, fetch: own } })).toEqual([])
    await expect(opened[0]?.fetch('https://cloud.test/')).rejects.toThrow('this one')
  })

  test.each<[string, () => object | undefined, string]>([
    ['nothing', () => undefined, 'it is missing'],
    ['no nodes', () => ({ nodes: undefined }), '"nodes" is missing'],
    ['no addresses', () => ({ failoverIPs: [{ name: 'web' }] }), '"failoverIPs[0].addresses" is missing'],
    ['no probe', () => ({ nodes: [{ name: 'a', providerID: 'acme://1' }] }), '"nodes[0].probe" is missing'],
    ['no ports', () => ({ ports: undefined }), '"ports" is missing'],
    [
      'no provider',
      () => ({ provider: undefined }),
      '"provider" is missing: pass an account at a provider, like createScaleway',
    ],
    ['a provider that is none', () => ({ provider: 'acme' }), '"provider" must be an account at a provider'],
    [
      'the provider of the operator',
      () => ({ provider: { name: 'acme' } }),
      '"provider" must be an account at a provider',
    ],
    ['no store', () => ({ ports: { ...options.ports, store: undefined } }), '"ports.store" is missing: pass a store'],
    ['half a clock', () => ({ ports: { ...options.ports, clock: { now } } }), '"ports.clock" must be a clock, like'],
    ['nodez', () => ({ nodez: [] }), '"nodez" is not known (did you mean "nodes"?)'],
    [
      'zonez of a node',
      () => ({ nodes: [{ ...a, probes: '' }] }),
      '"nodes[0]": "probes" is not known (did you mean "probe"?)',
    ],
    [
      'onDrfit',
      () => ({ failoverIPs: [{ ...web, onDrfit: 'Adopt' }] }),
      '"failoverIPs[0]": "onDrfit" is not known (did you mean "onDrift"?)',
    ],
    [
      'a wrong key in a group',
      () => ({ failoverIPs: [{ ...web, detection: { intervall: 200 } }] }),
      '"failoverIPs[0].detection": "intervall" is not known (did you mean "interval"?)',
    ],
    [
      'a number as a label',
      () => ({ nodes: [{ ...a, labels: { slot: 1 } }] }),
      '"nodes[0].labels.slot" must be a string',
    ],
    ['maybe', () => ({ dryRun: 'maybe' }), '"dryRun" must be true or false'],
  ])('without types refuses %s', (_, change, problem) => {
    const given = change()
    const all: unknown = given === undefined ? undefined : Object.assign({}, options, given)
    const make = (): unknown => Reflect.apply(failoverOn, undefined, [makeEngine, all])
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(`createFailover cannot work with what it was given: ${problem}`)
  })

  test('takes what is undefined for what is not given', async () => {
    const undefinedField = (name: string): object => ({ [name]: undefined })
    const sparse = Object.assign({}, web, undefinedField('onDrift'), { detection: undefinedField('misses') })
    options = Object.assign({}, options, undefinedField('dryRun'), { failoverIPs: [sparse] })
    const events = await begin()
    expect(inputs[0]?.failoverIPs[0]?.policy).toMatchObject({ onDrift: 'Adopt', detection: { misses: 3 } })
    await events.return?.()
  })

  test('refuses a run without a signal', () => {
    const failover = failoverOn(makeEngine, options)
    expect(() => void Reflect.apply(failover.run, failover, [])).toThrow(ConfigurationError)
    expect(() => void Reflect.apply(failover.run, failover, [{}])).toThrow('"signal" is missing: pass an AbortSignal')
  })

  test('lists all problems at once', () => {
    expect(
      problemsOf({
        nodes: [
          { ...a, probe: '' },
          { ...b, probe: '' },
        ],
      }),
    ).toHaveLength(2)
  })
})
