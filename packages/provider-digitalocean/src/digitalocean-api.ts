import type { CallOptions } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { actionAnswer, addressAnswer, dropletAnswer } from './answers.ts'
import type { Action, Droplet, ReservedAddress } from './answers.ts'
import type { Listed } from '@failover-ip/provider-kit'
import type { Ask, Asked } from './ask.ts'
import { requests } from './request-builder.ts'
import type { AddressCollection } from './request-builder.ts'
import type { DigitalOceanParameters } from './settings.ts'

export type Family = 'ipv4' | 'ipv6'

/** The few calls that routing needs, each checked, each failing with `ProviderError` alone. */
export interface DigitalOceanApi {
  listAddresses(family: Family, call: CallOptions): Promise<Listed<ReservedAddress>>
  /** `unit` in canonical form, also below. */
  getAddress(unit: string, call: CallOptions): Promise<ReservedAddress>
  /** Assigns to a Droplet, or unassigns with `null`. */
  changeAddress(unit: string, droplet: string | null, call: CallOptions): Promise<Action>
  /** `unit` is for errors. */
  getAction(action: { readonly id: number; readonly unit: string }, call: CallOptions): Promise<Action>
  listDroplets(call: CallOptions): Promise<Listed<Droplet>>
  getDroplet(id: string, call: CallOptions): Promise<Droplet>
  /** Whether an action of the Droplet is under way, of those that it shows first. */
  isDropletBusy(id: string, call: CallOptions): Promise<boolean>
}

const keyOfOne: Readonly<Record<AddressCollection, string>> = {
  reserved_ips: 'reserved_ip',
  floating_ips: 'floating_ip',
  reserved_ipv6: 'reserved_ipv6',
}
const keyOfList: Readonly<Record<AddressCollection, string>> = {
  reserved_ips: 'reserved_ips',
  floating_ips: 'floating_ips',
  reserved_ipv6: 'reserved_ipv6s',
}

export function createDigitalOceanApi(ask: Ask, ipv4Api: DigitalOceanParameters['ipv4Api']): DigitalOceanApi {
  const collectionOf = (family: Family): AddressCollection => (family === 'ipv4' ? ipv4Api : 'reserved_ipv6')
  const action = (what: string): Asked<Action> => ({ schema: actionAnswer, key: 'action', what })
  return {
    listAddresses: (family, call) => {
      const collection = collectionOf(family)
      const what = `reserved ${family === 'ipv4' ? 'IPv4' : 'IPv6'} addresses`
      const asked = { schema: addressAnswer, key: keyOfList[collection], what }
      return ask.list((page) => requests.listAddresses(collection, page), asked, call)
    },
    getAddress: (unit, call) => {
      const collection = collectionOf(familyOf(unit))
      const asked = { schema: addressAnswer, key: keyOfOne[collection], what: `reading ${unit}` }
      return ask.one(requests.getAddress(collection, addressOf(unit)), asked, call)
    },
    changeAddress: (unit, droplet, call) => {
      const change =
        droplet === null ? ({ type: 'unassign' } as const) : ({ type: 'assign', droplet_id: Number(droplet) } as const)
      const what = droplet === null ? `unassigning ${unit}` : `assigning ${unit} to Droplet ${droplet}`
      return ask.one(requests.changeAddress(collectionOf(familyOf(unit)), addressOf(unit), change), action(what), call)
    },
    getAction: ({ id, unit }, call) => ask.one(requests.getAction(id), action(`reading action ${id} of ${unit}`), call),
    listDroplets: (call) =>
      ask.list(requests.listDroplets, { schema: dropletAnswer, key: 'droplets', what: 'Droplets' }, call),
    getDroplet: (id, call) =>
      ask.one(requests.getDroplet(id), { schema: dropletAnswer, key: 'droplet', what: `reading Droplet ${id}` }, call),
    isDropletBusy: async (id, call) => {
      const asked = { schema: z.array(actionAnswer), key: 'actions', what: `reading the actions of Droplet ${id}` }
      const actions = await ask.one(requests.listDropletActions(id), asked, call)
      return actions.some(({ status }) => status === 'in-progress')
    },
  }
}

function addressOf(unit: string): string {
  return unit.slice(0, unit.indexOf('/'))
}
