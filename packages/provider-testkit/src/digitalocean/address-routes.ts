import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import { actionBody, reservedIpBody, reservedIPv6Body } from './bodies.ts'
import type { BodyContext } from './bodies.ts'
import { digitalOceanErrors } from './errors.ts'
import type { EmulatedAddress } from './objects.ts'
import { isIPv6 } from './objects.ts'
import { pageOf } from './page.ts'
import { refuseAction } from './refuse-action.ts'
import type { DigitalOceanSwitches } from './switches.ts'

export interface RouteContext extends BodyContext {
  readonly switches: DigitalOceanSwitches
}

interface Collection {
  readonly list: string
  readonly one: string
  readonly resourceType: string
  readonly body: (context: BodyContext, address: EmulatedAddress) => object
}

const collections: Readonly<Record<string, Collection>> = {
  reserved_ips: { list: 'reserved_ips', one: 'reserved_ip', resourceType: 'reserved_ip', body: reservedIpBody },
  floating_ips: { list: 'floating_ips', one: 'floating_ip', resourceType: 'floating_ip', body: reservedIpBody },
  reserved_ipv6: {
    list: 'reserved_ipv6s',
    one: 'reserved_ipv6',
    resourceType: 'reserved_ipv6',
    body: reservedIPv6Body,
  },
}

const actionRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('assign'), droplet_id: z.int() }),
  z.object({ type: z.literal('unassign') }),
])

/** What `/v2/reserved_ips`, `/v2/floating_ips` and `/v2/reserved_ipv6` answer; `undefined`: no such path. */
export function answerAddresses(
  context: RouteContext,
  request: EmulatedRequest,
  path: readonly string[],
): EmulatedAnswer | undefined {
  const { cloud, switches } = context
  const [name = '', id, actions, actionId, ...rest] = path
  const collection = collections[name]
  if (collection === undefined || rest.length > 0 || (actions !== undefined && actions !== 'actions')) return undefined
  const isGone =
    (name === 'floating_ips' && switches.floatingIps === 'gone') ||
    (name === 'reserved_ips' && switches.reservedIps === 'gone')
  if (isGone) return digitalOceanErrors.notFound()
  const { method, url, body: text } = request
  const ofFamily = [...cloud.units.values()].filter((address) => isIPv6(address) === (name === 'reserved_ipv6'))
  const show = (address: EmulatedAddress): object => collection.body(context, address)
  if (id === undefined) return method === 'GET' ? pageOf(url, collection.list, ofFamily, show) : undefined

  const address = ofFamily.find((one) => one.id === id)
  if (address === undefined) return digitalOceanErrors.notFound()
  if (actions === undefined) {
    if (method === 'GET') return { status: 200, body: { [collection.one]: show(address) } }
    if (method !== 'DELETE') return undefined
    cloud.removeUnit(address.id)
    return { status: 204, effect: `deleted ${address.unit}` }
  }
  const { resourceType } = collection
  if (method === 'POST' && actionId === undefined) return startAction(context, address, { text, resourceType })
  if (method !== 'GET' || name === 'reserved_ipv6') return undefined
  const found = cloud.actionsOf(address.id)
  if (actionId === undefined) return pageOf(url, 'actions', found, (one) => actionBody(context, one, resourceType))
  const action = found.find((one) => String(one.id) === actionId)
  if (action === undefined) return digitalOceanErrors.notFound()
  return { status: 200, body: { action: actionBody(context, action, resourceType) } }
}

function startAction(
  context: RouteContext,
  address: EmulatedAddress,
  { text, resourceType }: { readonly text: string; readonly resourceType: string },
): EmulatedAnswer {
  const { cloud, switches } = context
  const parsed = actionRequest.safeParse(jsonOf(text))
  if (!parsed.success) return digitalOceanErrors.unprocessable('You specified an invalid type.')
  const wanted = parsed.data.type === 'assign' ? String(parsed.data.droplet_id) : null
  const refusal = refuseAction(cloud, switches, { address, wanted })
  if (refusal !== undefined) return refusal
  const before = cloud.holding(address.id).server
  const action = cloud.change(address.id, wanted)
  const effect = wanted === null ? `unassigned ${address.unit}` : `assigned ${address.unit} to ${wanted}`
  return {
    status: 201,
    body: { action: actionBody(context, action, resourceType) },
    ...(wanted === before ? {} : { effect }),
  }
}
