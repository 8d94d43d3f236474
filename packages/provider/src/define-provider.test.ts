import { describe, expect, it } from 'vitest'
import type { Capabilities } from './capabilities.ts'
import { configureProvider } from './configured-provider.ts'
import { defineProvider } from './define-provider.ts'
import { ManifestError } from './manifest-error.ts'
import type { Provider, ProviderContext, Routing } from './provider.ts'
import type { StandardSchema } from './standard-schema.ts'

const anything: StandardSchema<unknown, unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}

const capabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32 },
  locationRule: null,
  slotsPerServer: null,
  move: 'direct',
  release: false,
  asynchronous: false,
  eventualReadSeconds: 0,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'none',
  announce: false,
  ipMode: 'VIP',
}

function provider(change: Partial<Provider> = {}, more: Partial<Capabilities> = {}): Provider {
  return {
    specificationVersion: 'v1',
    name: 'acme',
    providerIDPrefix: 'acme://',
    parameters: anything,
    credentials: anything,
    create: () => {
      throw new Error('not opened')
    },
    ...change,
    capabilities: { ...capabilities, ...more },
  }
}

describe('defineProvider', () => {
  it('gives what it was given, frozen', () => {
    const given = provider()
    const defined = defineProvider(given)
    expect(defined).toEqual(given)
    expect(Object.isFrozen(defined)).toBe(true)
  })

  it.each<[Partial<Provider>, Partial<Capabilities>, string]>([
    [{ name: 'Acme Cloud' }, {}, 'name must be'],
    [{ name: 'a'.repeat(31) }, {}, 'name must be'],
    [{ providerIDPrefix: 'acme' }, {}, 'providerIDPrefix must end'],
    [{}, { unitPrefixLength: {} }, 'at least one family'],
    [{}, { unitPrefixLength: { ipv4: 33 } }, 'unitPrefixLength.ipv4'],
    [{}, { unitPrefixLength: { ipv6: 0 } }, 'unitPrefixLength.ipv6'],
    [{}, { slotsPerServer: 0 }, 'slotsPerServer'],
    [{}, { move: 'releaseFirst' }, 'move "releaseFirst" needs release: true'],
    [{}, { move: 'tryThenRelease' }, 'move "tryThenRelease" needs release: true'],
    [{}, { eventualReadSeconds: Number.NaN }, 'eventualReadSeconds'],
    [{}, { coolDownSeconds: -1 }, 'coolDownSeconds'],
    [{}, { accountWindows: [{ mutations: 0, seconds: 60 }] }, 'accountWindows'],
    [{}, { accountWindows: [{ mutations: 129, seconds: 60 }] }, 'up to 128'],
  ])('refuses a manifest that contradicts itself: %j %j', (change, more, problem) => {
    expect(() => defineProvider(provider(change, more))).toThrow(problem)
  })

  it('names what is missing in a manifest, with its kind', () => {
    const { slotsPerServer: _, ...rest } = capabilities
    const incomplete = { ...provider(), capabilities: rest } as unknown as Provider
    expect(() => defineProvider(incomplete)).toThrow(': slotsPerServer is missing (a number or null).')
  })

  it('names what is misspelt in a manifest, with what was probably meant', () => {
    const { slotsPerServer: _, ...rest } = capabilities
    const misspelt = { ...provider(), capabilities: { ...rest, slotPerServer: 3 } } as unknown as Provider
    expect(() => defineProvider(misspelt)).toThrow(
      ': in capabilities "slotPerServer" is not known (did you mean "slotsPerServer"?); slotsPerServer is missing (a number or null).',
    )
  })

  it('lists all that is wrong at once', () => {
    const define = (): unknown => defineProvider(provider({ name: '' }, { slotsPerServer: 0, coolDownSeconds: -1 }))
    expect(define).toThrow(ManifestError)
    expect(define).toThrow(/name must be.*slotsPerServer.*coolDownSeconds/)
  })
})

describe('configureProvider', () => {
  it('hands settings and what comes from outside to the provider, and asks nothing before', () => {
    const contexts: ProviderContext<unknown, unknown>[] = []
    const routing = {} as Routing
    const acme = defineProvider(
      provider({
        create: (context) => {
          contexts.push(context)
          return routing
        },
      }),
    )
    const account = configureProvider(acme, { parameters: { region: 'eu' }, credentials: { token: 't' } })
    expect([account.name, account.providerIDPrefix, account.capabilities]).toEqual(['acme', 'acme://', capabilities])
    expect(contexts).toHaveLength(0)
    const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
    const outside = { fetch: globalThis.fetch, clock, userAgent: 'test' }
    expect(account.open(outside)).toBe(routing)
    expect(contexts).toEqual([{ ...outside, parameters: { region: 'eu' }, credentials: { token: 't' } }])
  })

  it('keeps the fetch of a provider made for libraries apart from the one it is opened with', () => {
    const own: typeof globalThis.fetch = () => Promise.reject(new Error('unused'))
    const contexts: ProviderContext<unknown, unknown>[] = []
    const create = (context: ProviderContext<unknown, unknown>): Routing => {
      contexts.push(context)
      return {} as Routing
    }
    const acme = defineProvider(provider({ create }))
    expect(configureProvider(acme, { parameters: {}, credentials: {} }).fetch).toBeUndefined()
    const account = configureProvider(acme, { parameters: {}, credentials: {}, fetch: own })
    expect(account.fetch).toBe(own)
    const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
    account.open({ fetch: globalThis.fetch, clock, userAgent: 'test' })
    expect(contexts[0]?.fetch).toBe(globalThis.fetch)
  })

  it('follows the parameters where they choose between two APIs', () => {
    const old: Capabilities = { ...capabilities, release: true, coolDownSeconds: 300 }
    const variant = (chosen: unknown) => ({
      capabilities: chosen === 'old' ? old : capabilities,
      credentials: anything,
    })
    const acme = defineProvider(provider({ variant }))
    const configured = (parameters: unknown): Capabilities =>
      configureProvider(acme, { parameters, credentials: {} }).capabilities
    expect([configured('old'), configured('new')]).toEqual([old, capabilities])
  })

  it.each<[Partial<Capabilities>, string]>([
    [{ unitPrefixLength: { ipv4: 24 } }, 'the unitPrefixLength of the manifest'],
    [{ coolDownSeconds: -1 }, 'coolDownSeconds'],
  ])('refuses a variant that contradicts itself or the manifest: %j', (more, problem) => {
    const variant = () => ({ capabilities: { ...capabilities, ...more }, credentials: anything })
    const configure = (): unknown => configureProvider(provider({ variant }), { parameters: {}, credentials: {} })
    expect(configure).toThrow(problem)
  })
})
