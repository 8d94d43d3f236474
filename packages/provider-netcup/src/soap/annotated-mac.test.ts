import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, it } from 'vitest'
import { createNetcup } from '../create-netcup.ts'

// What takes real time is over before virtual time begins.
await import('soap')

it('routes to the interface that a node names, for as long as it names one', async () => {
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({ clock, switches: { soapCoolDownSeconds: 300 } })
  const { loginName, password } = cloud.account
  const { signal } = new AbortController()
  const account = createNetcup({ transport: 'soap', loginName, password })
  const routing = account.open({ fetch: cloud.fetch, clock, userAgent: 'failover-ip/test' })
  const { name, mac, ipv4 } = cloud.addServer()
  const { unit } = cloud.addUnit()
  const assign = async (annotations: Readonly<Record<string, string>>): Promise<string> => {
    const node = { name: 'n', addresses: [ipv4], labels: {}, annotations }
    await clock.advanceUntil(routing.resolve([node], { signal }))
    const call = routing.assign(unit, { id: name, location: '' }, { signal })
    return clock.advanceUntil(call.then(({ status }) => status).catch((error: unknown) => String(error)))
  }
  // The emulated second interface takes no address.
  expect(await assign({ 'netcup.noshoes.xyz/primary-mac': mac.replace(/^../, '06') })).toContain('validation error')
  expect(await assign({})).toBe('done')
})
