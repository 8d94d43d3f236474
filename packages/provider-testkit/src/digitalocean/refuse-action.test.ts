import { describe, expect, it } from 'vitest'
import { openDigitalOcean } from '../testing/digitalocean-account.ts'
import type { DigitalOceanEmulator } from './emulator.ts'
import type { DigitalOceanSwitches } from './switches.ts'

const v6 = '2409:40d0:f7:1017:74b4:3a96:105e:4c6e'

describe('an action is refused', () => {
  const refusal = async (
    switches: Partial<DigitalOceanSwitches>,
    prepare: (cloud: DigitalOceanEmulator, target: string) => { readonly unit: string },
  ): Promise<unknown> => {
    const { cloud, ask } = openDigitalOcean({ switches })
    const target = cloud.addDroplet()
    const { unit } = prepare(cloud, target.id)
    const path = `${unit.includes(':') ? 'reserved_ipv6' : 'reserved_ips'}/${unit.split('/')[0]}/actions`
    const { status, body } = await ask('POST', path, { type: 'assign', droplet_id: Number(target.id) })
    return status === 201 ? status : [status, Reflect.get(Object(body), 'message')]
  }

  it.each([
    ['refused', [422, 'The droplet already has a reserved IP assigned.']],
    ['accepted', 201],
  ] as const)('or %s when the Droplet has the address already', async (sameDroplet, expected) => {
    expect(await refusal({ sameDroplet }, (cloud, droplet) => cloud.addAddress({ droplet }))).toEqual(expected)
  })

  it('while an action on the address is under way, or on the Droplet', async () => {
    const underWay = (cloud: DigitalOceanEmulator): { readonly unit: string } => {
      cloud.setActionEnd('stuck')
      const address = cloud.addAddress()
      const other = cloud.addDroplet()
      void cloud.fetch(`https://x/v2/reserved_ips/${address.id}/actions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${cloud.account.token}` },
        body: JSON.stringify({ type: 'assign', droplet_id: Number(other.id) }),
      })
      return address
    }
    expect(await refusal({}, underWay)).toEqual([422, 'The floating IP already has a pending event.'])
    const snapshot = (cloud: DigitalOceanEmulator, id: string): { readonly unit: string } => {
      cloud.changeDroplet(id, { pendingEvent: true })
      return cloud.addAddress()
    }
    expect(await refusal({}, snapshot)).toEqual([422, 'Droplet already has a pending event.'])
  })

  it('when the Droplet has an address: of the same family, or of any', async () => {
    const occupied = [422, 'The droplet already has a reserved IP assigned.']
    const second = (cloud: DigitalOceanEmulator, droplet: string): { readonly unit: string } => {
      cloud.addAddress({ droplet })
      return cloud.addAddress()
    }
    const other = (cloud: DigitalOceanEmulator, droplet: string): { readonly unit: string } => {
      cloud.addAddress({ droplet })
      return cloud.addAddress({ unit: `${v6}/128` })
    }
    expect(await refusal({}, second)).toEqual(occupied)
    expect(await refusal({ slots: 'perFamily' }, other)).toBe(201)
    expect(await refusal({ slots: 'together' }, other)).toEqual(occupied)
  })

  it.each([422, 404] as const)('with %i when the Droplet is elsewhere, and when it is gone', async (status) => {
    const switches = { wrongRegionStatus: status, missingDropletStatus: status }
    const far = await refusal(switches, (cloud) => cloud.addAddress({ region: 'fra1' }))
    const gone = await refusal(switches, (cloud, droplet) => {
      cloud.removeDroplet(droplet)
      return cloud.addAddress()
    })
    const text = expect.any(String) as string
    expect([far, gone]).toEqual([
      [status, text],
      [status, text],
    ])
  })

  it.each([true, false])('when another Droplet has the address, if moves need an unassign: %s', async (needed) => {
    const elsewhere = (cloud: DigitalOceanEmulator): { readonly unit: string } =>
      cloud.addAddress({ droplet: cloud.addDroplet().id })
    const answer = await refusal({ moveNeedsUnassign: needed }, elsewhere)
    expect(answer).toEqual(needed ? [422, 'The reserved IP is assigned to another droplet.'] : 201)
  })

  it.each([true, false])('when an address of another family is about to leave the Droplet: %s', async (exclude) => {
    const { cloud, clock, ask } = openDigitalOcean({ switches: { dropletActionsExclude: exclude } })
    const droplet = cloud.addDroplet()
    const leaving = cloud.addAddress({ droplet: droplet.id })
    const coming = cloud.addAddress({ unit: `${v6}/128` })
    expect((await ask('POST', `reserved_ips/${leaving.id}/actions`, { type: 'unassign' })).status).toBe(201)
    const assign = (): ReturnType<typeof ask> =>
      ask('POST', `reserved_ipv6/${coming.id}/actions`, { type: 'assign', droplet_id: Number(droplet.id) })
    expect((await assign()).status).toBe(exclude ? 422 : 201)
    await clock.advance(10_000)
    if (exclude) expect((await assign()).status).toBe(201)
  })

  it('when the Droplet that gives the address up is busy', async () => {
    const busyHolder = (cloud: DigitalOceanEmulator): { readonly unit: string } => {
      const holder = cloud.addDroplet()
      const address = cloud.addAddress({ droplet: holder.id })
      cloud.changeDroplet(holder.id, { pendingEvent: true })
      return address
    }
    expect(await refusal({}, busyHolder)).toEqual([422, 'Droplet already has a pending event.'])
  })

  it.each([true, false])('when a Droplet without IPv6 is to get an IPv6 address: %s', async (ipv6NeedsEnabled) => {
    const without = (cloud: DigitalOceanEmulator, droplet: string): { readonly unit: string } => {
      cloud.changeDroplet(droplet, { ipv6Address: null })
      return cloud.addAddress({ unit: `${v6}/128` })
    }
    const expected = ipv6NeedsEnabled ? [422, 'The droplet does not have IPv6 enabled.'] : 201
    expect(await refusal({ ipv6NeedsEnabled }, without)).toEqual(expected)
    const ipv4 = (cloud: DigitalOceanEmulator, droplet: string): { readonly unit: string } => {
      cloud.changeDroplet(droplet, { ipv6Address: null })
      return cloud.addAddress()
    }
    expect(await refusal({ ipv6NeedsEnabled }, ipv4)).toBe(201)
  })
})
