import type { UnverifiedFact } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import type { TestCloud } from '../../conformance/test-cloud.ts'
import { acme } from '../../testing/acme/acme-provider.ts'
import { acmeTestCloud } from '../../testing/acme/acme-test-cloud.ts'
import { acmeVariants } from '../../testing/acme/variants.ts'
import type { AcmeVariant } from '../../testing/acme/variants.ts'
import { createVirtualClock } from '../../virtual-clock.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import { runLiveTrial } from './live.ts'
import type { LiveContext, LiveResult, LiveTrial } from './live.ts'

interface Setup {
  readonly cloud: TestCloud
  readonly clock: VirtualClock
  readonly unit: string
  /** Three servers, the third of which nobody names. */
  readonly servers: readonly string[]
  readonly holder: () => string | null
  readonly text: () => string
  readonly stop: AbortController
  run(change?: Partial<LiveTrial>, context?: Partial<LiveContext>): Promise<LiveResult>
}

function setUp(variant: AcmeVariant = 'jobs', held = true): Setup {
  const capabilities = acmeVariants[variant]
  const clock = createVirtualClock()
  const cloud = acmeTestCloud(capabilities)({ clock })
  cloud.slowDown?.(20)
  const named = [1, 2, 3].map(() => cloud.addServer('here'))
  const unit = cloud.addUnit('ipv4', 'here')
  if (held) cloud.place(unit, named[0]?.server ?? null)
  const stop = new AbortController()
  let text = ''
  const servers = named.map(({ node }) => node.providerID ?? '')
  return {
    cloud,
    clock,
    unit,
    servers,
    stop,
    holder: () => cloud.holder(unit)?.id ?? null,
    text: () => text,
    run: (change = {}, context = {}) =>
      clock.advanceUntil(
        runLiveTrial(
          {
            provider: acme(capabilities),
            parameters: {},
            credentials: cloud.credentials,
            address: unit.slice(0, unit.indexOf('/')),
            servers: servers.slice(0, 2),
            ...change,
          },
          {
            clock,
            fetch: cloud.fetch,
            write: (more) => (text += more),
            confirm: () => Promise.resolve(true),
            signal: stop.signal,
            ...context,
          },
        ),
      ),
  }
}

describe('a trial', () => {
  it.each(['jobs', 'strict'] as const)('moves the address and puts it back, with the manifest %s', async (variant) => {
    const { run, text, holder, cloud, servers } = setUp(variant)
    expect(await run({ servers })).toBe('passed')
    expect([holder(), cloud.effects()]).toEqual(['s1', variant === 'strict' ? 6 : 3])
    expect(text()).toContain('This makes 3 changes')
    expect(text()).toMatch(/accepted after \d+\.\d s, done after \d+\.\d s, seen after \d+\.\d s/)
    expect(text()).not.toContain(cloud.credentials['token'])
  })

  it('puts back to nobody what nobody had', async () => {
    const { run, holder } = setUp('jobs', false)
    expect(await run()).toBe('passed')
    expect(holder()).toBeNull()
  })

  it('changes nothing when told not to go on, and asks before it does', async () => {
    const { run, text, cloud } = setUp()
    expect(await run({}, { confirm: () => Promise.resolve(cloud.effects() > 0) })).toBe('refused')
    expect(cloud.effects()).toBe(0)
    expect(text()).toContain('Nothing was changed.')
  })

  it('waits while the cloud limits the rate', async () => {
    const { run, text, cloud, clock, holder } = setUp()
    cloud.fail('changes', 'rateLimited')
    void clock.sleep(20_000).then(() => cloud.heal())
    expect(await run()).toBe('passed')
    expect(text()).toContain('Waiting 7 s.')
    expect(holder()).toBe('s1')
  })
})

describe('a trial is refused, and nothing changes,', () => {
  it.each<[string, (setup: Setup) => Partial<LiveTrial> | void, string]>([
    ['when a stranger has the address', ({ cloud, unit }) => cloud.place(unit, { id: 's3', location: 'here' }), 's3'],
    ['when the account has no such address', () => ({ address: '198.51.100.1' }), 'has no 198.51.100.1/32'],
    ['when it is no address', () => ({ address: 'web' }), 'no address'],
    ['when a server is unknown', () => ({ servers: ['acme://s1', 'acme://s9'] }), '"acme://s9" is no server'],
    ['when there is nowhere to go', () => ({ servers: ['acme://s1'] }), 'Name another server'],
    ['when the address is locked', ({ cloud, unit }) => cloud.lock?.(unit), 'locked'],
    ['when credentials are missing', () => ({ credentials: {} }), 'credentials are wrong'],
    ['when parameters are unknown', () => ({ parameters: { zone: 'x' } }), 'parameters are wrong'],
    [
      'when a server is too far',
      ({ cloud, servers }) => ({ servers: [servers[0] ?? '', cloud.addServer('there').node.providerID ?? ''] }),
      'can only go to servers in here',
    ],
  ])('%s', async (_, prepare, message) => {
    const setup = setUp()
    const { run, text, cloud } = setup
    expect(await run(prepare(setup) ?? {})).toBe('refused')
    expect(text()).toContain(message)
    expect(cloud.effects()).toBe(0)
  })

  it('when it could not be put back to nobody', async () => {
    const { run, text, cloud } = setUp('still', false)
    expect(await run()).toBe('refused')
    expect(text()).toContain('cannot take it off a server again')
    expect(cloud.effects()).toBe(0)
  })

  it('when the cloud refuses the credentials', async () => {
    const { run, text, cloud } = setUp()
    expect(await run({ credentials: { token: 'acme-token-of-others' } })).toBe('refused')
    expect(text()).toMatch(/^The credentials were refused: /)
    expect(text()).not.toContain('acme-token-of-others')
    expect(cloud.effects()).toBe(0)
  })

  it.each([
    ['units', 'UNIT could not be asked for: '],
    ['servers', 'Server "acme://s1" could not be asked for: '],
  ])(
    'when the cloud does not answer for its %s, which says nothing about what was named',
    async (resource, message) => {
      const { run, text, cloud, unit } = setUp()
      const fetch: typeof globalThis.fetch = (input, init) =>
        new URL(new Request(input, init).url).pathname === `/${resource}`
          ? Promise.reject(new TypeError('fetch failed'))
          : cloud.fetch(input, init)
      expect(await run({}, { fetch })).toBe('refused')
      expect(text()).toContain(message.replace('UNIT', unit))
      expect(text()).not.toContain('no server of the account')
      expect(cloud.effects()).toBe(0)
    },
  )
})

describe('a trial that ends early puts the address back', () => {
  it('after an error', async () => {
    const { run, text, holder, servers, cloud } = setUp()
    // The third server is gone when its turn comes.
    cloud.afterNextRead?.(() => cloud.afterNextRead?.(() => cloud.removeServer({ id: 's3', location: 'here' })))
    expect(await run({ servers })).toBe('failed')
    expect(text()).toContain('stopped: NotFound')
    expect(holder()).toBe('s1')
  })

  it('after Ctrl-C, in the middle of a change', async () => {
    const { run, text, holder, clock, stop, cloud } = setUp()
    void clock.sleep(5_000).then(() => stop.abort(new Error('SIGINT was received.')))
    expect(await run()).toBe('failed')
    expect(text()).toContain('stopped: SIGINT was received.')
    expect([holder(), cloud.effects()]).toEqual(['s1', 2])
  })

  it('but never from a stranger, and says what is left to do', async () => {
    const { run, text, holder, clock, cloud, unit } = setUp()
    void clock.sleep(40_000).then(() => cloud.place(unit, { id: 's3', location: 'here' }))
    expect(await run()).toBe('failed')
    expect(text()).toContain('which is not among those named')
    expect(text()).toContain('by hand')
    expect(holder()).toBe('s3')
  })
})

describe('unverified facts', () => {
  it('are judged by what was seen, which holds no credential', async () => {
    const { run, text, cloud } = setUp()
    let seen = ''
    const unverifiedFacts: readonly UnverifiedFact[] = [
      { claim: 'A change is quick.', judge: ({ moves }) => (moves[0] === undefined ? 'not seen' : 'fails') },
      {
        claim: 'A change is a PUT.',
        judge: ({ exchanges }) => {
          seen = JSON.stringify(exchanges)
          return exchanges.some(({ method, status }) => method === 'PUT' && status === 202) ? 'holds' : 'not seen'
        },
      },
    ]
    await run({ unverifiedFacts })
    expect(text()).toContain('fails     A change is quick.\nholds     A change is a PUT.')
    expect(seen).toContain('"requestBody":"{\\"server\\":\\"s2\\"}"')
    expect(seen).not.toContain(cloud.credentials['token'])
  })
})
