import { ConfigurationError } from '@failover-ip/provider'
import { createScalewayEmulator, createVirtualClock, serveEmulator } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createScaleway } from './scaleway.ts'
import { setUp, v6 } from './testing/set-up.ts'

describe('over real HTTP', () => {
  it('moves an address, loses an answer, and is aborted', async () => {
    const cloud = createScalewayEmulator({ clock: createVirtualClock() })
    const { url, close } = await serveEmulator(cloud.handle)
    try {
      const { accessKey, secretKey } = cloud.account
      const routing = createScaleway({ accessKey, secretKey, apiUrl: `${url}/` }).open({
        fetch,
        clock: createVirtualClock(),
        userAgent: 'failover-ip/test',
      })
      const controller = new AbortController()
      const { signal } = controller
      const [from, to] = [cloud.addServer(), cloud.addServer()]
      const { unit } = cloud.addIp({ server: from.id })
      const reference = { id: to.id, location: to.location }
      cloud.faults.add({ method: 'PATCH', fault: { kind: 'dropAfter' } })
      await expect(routing.assign(unit, reference, { signal })).rejects.toMatchObject({ outcome: 'unknown' })
      expect(await routing.assign(unit, reference, { signal })).toEqual({ status: 'done' })
      expect(await routing.observe([unit], { signal })).toMatchObject([{ kind: 'found', server: reference }])
      expect(cloud.mutations()).toHaveLength(1)
      cloud.faults.add({ method: 'PATCH', fault: { kind: 'hang' } })
      const reason = new Error('deadline')
      const hanging = routing.release(unit, reference, { signal })
      controller.abort(reason)
      await expect(hanging).rejects.toBe(reason)
    } finally {
      await close()
    }
  })
})

describe('settings', () => {
  it('names what is wrong and repeats no value', () => {
    const wrong = (): unknown => createScaleway({ accessKey: 'SCWXXX', secretKey: 'hunter22', zones: ['paris'] })
    expect(wrong).toThrow(
      new ConfigurationError('createScaleway', [
        '"accessKey" must be an access key: SCW and 17 letters or digits',
        '"secretKey" must be a secret key, which is a UUID',
        '"zones[0]" must be a zone like "fr-par-1"',
      ]),
    )
  })

  it.each([
    [undefined, 'it is missing'],
    [{}, '"accessKey" is missing; "secretKey" is missing'],
    [{ zonez: ['fr-par-1'] }, '"zonez" is not known (did you mean "zones"?)'],
    [{ SCW_SECRET_KEY: 'x' }, '"SCW_SECRET_KEY" is not known'],
  ])('given as %j are refused by the names of the options', (given, problem) => {
    const make = (): unknown => Reflect.apply(createScaleway, undefined, [given])
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(problem)
  })
})

describe('nodePlan', () => {
  it('puts the address alone on the public interface', () => {
    const { routing } = setUp()
    const server = { id: 'a', location: 'fr-par-1' }
    const common = { device: { rule: 'defaultRoute', family: 'ipv4' }, scope: 'global', routes: [], announce: 'none' }
    expect(routing.nodePlan('51.15.129.35/32', '51.15.129.35', server)).toEqual({
      address: '51.15.129.35',
      prefixLength: 32,
      ...common,
    })
    expect(routing.nodePlan(v6, '2001:bc8:710:3c3b::1', server)).toEqual({
      address: '2001:bc8:710:3c3b::1',
      prefixLength: 128,
      ...common,
    })
  })
})
