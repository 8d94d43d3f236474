import { ConfigurationError, type ConfiguredProvider, type Routing } from '@failover-ip/provider'
import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { restCapabilities, soapCapabilities } from './capabilities.ts'
import { createNetcup } from './create-netcup.ts'

describe('createNetcup', () => {
  it('has the capabilities of the transport', () => {
    expect(createNetcup({ refreshToken: 'x' }).capabilities).toEqual(restCapabilities)
    expect(createNetcup({ transport: 'soap', loginName: '1', password: 'x' }).capabilities).toEqual(soapCapabilities)
  })

  it('names what is wrong, and repeats no secret', () => {
    const wrong = (): unknown => createNetcup({ transport: 'soap', loginName: '', password: 'hunter22', apiUrl: 'x' })
    expect(wrong).toThrow(/"apiUrl" must be an http or https URL; "loginName" is empty/)
    expect(wrong).not.toThrow(/hunter22/)
    expect(() => createNetcup({ refreshToken: '' })).toThrow('"refreshToken" is empty')
  })

  it.each([
    [undefined, 'it is missing'],
    [{}, '"refreshToken" is missing'],
    [{ refreshToken: 'x', soapUrl: 'https://example.org' }, '"soapUrl" is not known'],
    [{ refreshToken: 'x', saveCredential: 1 }, '"saveCredential" is not known (did you mean "saveCredentials"?)'],
    [{ transport: 'soap', loginName: '1', pasword: 'x' }, '"password" is missing; "pasword" is not known'],
    [{ transport: 'grpc', refreshToken: 'x' }, '"transport" must be "rest" or "soap"'],
  ])('refuses %j', (given, problem) => {
    const make = (): unknown => Reflect.apply(createNetcup, undefined, [given])
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(problem)
  })

  it('says whose account it is: by REST once netcup has told, the same for each login, by SOAP at once', async () => {
    const clock = createVirtualClock()
    const cloud = createNetcupEmulator({ clock })
    const open = (provider: ConfiguredProvider): Routing =>
      provider.open({ fetch: cloud.fetch, clock, userAgent: 'test' })
    const rest = open(createNetcup({ refreshToken: cloud.login.refreshToken }))
    expect(rest.accountID?.()).toBeUndefined()
    await clock.advanceUntil(rest.observe(['198.18.88.63/32'], { signal: new AbortController().signal }))
    expect(rest.accountID?.()).toBe('user 555001')
    const soap = open(createNetcup({ transport: 'soap', loginName: '100000', password: 'secret' }))
    expect(soap.accountID?.()).toBe('customer 100000')
  })

  it('plans the address alone on the public interface', () => {
    const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
    const routing = createNetcup({ refreshToken: 'x' }).open({ fetch: globalThis.fetch, clock, userAgent: 'test' })
    const server = { id: '1', location: '1' }
    expect(routing.nodePlan('198.18.88.63/32', '198.18.88.63', server)).toMatchObject({ prefixLength: 32 })
    expect(routing.nodePlan('2001:db8:a:20::/64', '2001:db8:a:20::7', server)).toEqual({
      address: '2001:db8:a:20::7',
      prefixLength: 128,
      device: { rule: 'defaultRoute', family: 'ipv4' },
      scope: 'global',
      routes: [],
      announce: 'none',
    })
  })
})
