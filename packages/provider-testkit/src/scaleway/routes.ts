import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import { ipBody, serverBody } from './bodies.ts'
import { attachmentOf } from './cloud.ts'
import type { Attachment, ScalewayCloud, ScalewayIp } from './cloud.ts'
import { scalewayErrors } from './errors.ts'
import type { Reverses } from './ipam-routes.ts'
import type { ScalewaySwitches } from './switches.ts'

export interface RouteContext {
  readonly cloud: ScalewayCloud
  readonly zones: readonly string[]
  readonly organization: string
  readonly switches: ScalewaySwitches
  readonly reverses: Reverses
}

const pathPattern = /^\/instance\/v1\/zones\/([^/]+)\/(ips|servers)(?:\/(.+))?$/
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ipUpdate = z.object({ server: z.string().nullable().optional(), reverse: z.string().nullable().optional() })

/** What the Instance API answers to a request whose sender is known and may do everything. */
export function answerInstanceApi(context: RouteContext, request: EmulatedRequest): EmulatedAnswer {
  const { cloud, zones, organization } = context
  const { method, url } = request
  const [, zone = '', resource = '', reference] = pathPattern.exec(decodeURIComponent(url.pathname)) ?? []
  if (resource === '') return scalewayErrors.unknownResource('Path', url.pathname)
  if (!zones.includes(zone)) return scalewayErrors.unknownResource('Zone', zone)

  if (resource === 'servers') {
    if (method !== 'GET') return { status: 405, body: { type: 'method_not_allowed', message: 'method not allowed' } }
    const servers = [...cloud.servers.values()].filter((server) => server.location === zone)
    if (reference === undefined)
      return list({ url, organization }, 'servers', servers, (server) => serverBody(cloud, server, organization))
    const server = servers.find(({ id }) => id === reference)
    return server === undefined
      ? scalewayErrors.notFound('instance_server', reference)
      : { status: 200, body: { server: serverBody(cloud, server, organization) } }
  }

  const seen = (ip: ScalewayIp): object => ipBody(context, ip, attachmentOf(cloud.seenHolding(ip.id)))
  if (reference === undefined && method === 'GET') {
    const type = url.searchParams.get('type')
    const ips = [...cloud.units.values()].filter((ip) => ip.location === zone && (type === null || typeOf(ip) === type))
    return list({ url, organization }, 'ips', ips, seen)
  }
  const ip = reference === undefined ? undefined : findIp(cloud, reference)
  if (ip === undefined || ip.location !== zone) return ipNotFound(reference ?? '')
  if (method === 'GET') return { status: 200, body: { ip: seen(ip) } }
  if (method === 'PATCH') return updateIp(context, ip, request.body)
  if (method === 'DELETE') {
    cloud.removeUnit(ip.id)
    return { status: 204, effect: `deleted ${ip.unit}` }
  }
  return { status: 405, body: { type: 'method_not_allowed', message: 'method not allowed' } }
}

function updateIp(context: RouteContext, ip: ScalewayIp, text: string): EmulatedAnswer {
  const { cloud, switches, reverses } = context
  const update = ipUpdate.safeParse(jsonOf(text))
  if (!update.success) return scalewayErrors.invalidRequest('body is not valid', { server: ['should be a UUID'] })
  const { server, reverse } = update.data
  const before = attachmentOf(cloud.holding(ip.id))
  const answer = (effect?: string): EmulatedAnswer => ({
    status: 200,
    body: { ip: ipBody(context, ip, attachmentOf(cloud.holding(ip.id))) },
    ...(effect === undefined ? {} : { effect }),
  })
  if (reverse !== undefined) {
    if (reverse !== null && switches.nameRefused) return scalewayErrors.nameRefused('reverse')
    const address = ip.unit.slice(0, ip.unit.indexOf('/'))
    reverses.set(ip.id, new Map(reverse === null ? [] : [[address, reverse]]))
    if (server === undefined) return answer(`named ${ip.unit} ${reverse ?? 'nothing'}`)
  }
  if (server === undefined || (server === null && before.server === null)) return answer()
  if (before.state === 'pending') return scalewayErrors.transientState('instance_ip', ip.id, 'pending')
  const refusal = server === null ? undefined : refuseAttach(cloud, switches, { ip, before, server })
  if (refusal !== undefined) return refusal
  if (server === before.server && before.state === 'attached') return answer()
  cloud.change(ip.id, server)
  if (switches.moveDropsReverse) reverses.delete(ip.id)
  return answer(server === null ? `detached ${ip.unit}` : `attached ${ip.unit} to ${server}`)
}

function refuseAttach(
  cloud: ScalewayCloud,
  switches: ScalewaySwitches,
  { ip, before, server: id }: { readonly ip: ScalewayIp; readonly before: Attachment; readonly server: string },
): EmulatedAnswer | undefined {
  if (!uuid.test(id)) return scalewayErrors.invalidRequest('body is not valid', { server: ['should be a UUID'] })
  const server = cloud.servers.get(id)
  if (server === undefined || server.location !== ip.location || server.project !== ip.project) {
    return scalewayErrors.unknownResource('Instance', id)
  }
  if (switches.busyServerRefused) {
    if (server.state === 'locked') return scalewayErrors.locked('instance_server', id)
    if (server.state === 'starting' || server.state === 'stopping') {
      return scalewayErrors.transientState('instance_server', id, server.state)
    }
  }
  if (before.server === id) {
    return switches.sameServerRefused
      ? scalewayErrors.invalidRequest('ip is already attached to this server')
      : undefined
  }
  if (before.server !== null && switches.moveNeedsDetach) {
    return scalewayErrors.invalidRequest('ip is attached to another server')
  }
  const slots = switches.slotsPerServer
  const used = cloud.heldBy(id).length + (switches.dynamicCounts && server.dynamicAddress !== null ? 1 : 0)
  if (used < slots) return undefined
  return switches.quotaError === 'quotas_exceeded'
    ? scalewayErrors.quotasExceeded('instance_ips', slots, used)
    : scalewayErrors.invalidRequest('quota exceeded for this resource')
}

/** A page of a list, with the headers in which this API counts. */
function list<Item extends { readonly project: string }>(
  { url, organization }: { readonly url: URL; readonly organization: string },
  key: 'ips' | 'servers',
  all: readonly Item[],
  body: (item: Item) => object,
): EmulatedAnswer {
  const project = url.searchParams.get('project')
  const isForeign = (url.searchParams.get('organization') ?? organization) !== organization
  const items = isForeign ? [] : project === null ? all : all.filter((item) => item.project === project)
  const perPage = Math.min(Number(url.searchParams.get('per_page') ?? 50), 100)
  const page = Number(url.searchParams.get('page') ?? 1)
  if (!(perPage >= 1 && page >= 1)) return scalewayErrors.invalidArgument('page', 'must be 1 or more')
  const last = Math.max(1, Math.ceil(items.length / perPage))
  return {
    status: 200,
    headers: {
      'x-total-count': String(items.length),
      link: `</${key}?page=${last}&per_page=${perPage}&>; rel="last"`,
    },
    body: { [key]: items.slice((page - 1) * perPage, page * perPage).map(body) },
  }
}

/** By identifier, or an IPv4 address by itself, as paths name addresses. */
function findIp(cloud: ScalewayCloud, reference: string): ScalewayIp | undefined {
  return cloud.units.get(reference) ?? cloud.unitOf(`${reference}/32`)
}

function typeOf(ip: ScalewayIp): string {
  return ip.unit.endsWith('/32') ? 'routed_ipv4' : 'routed_ipv6'
}

/** By address, the cloud names the address with its prefix length. */
function ipNotFound(reference: string): EmulatedAnswer {
  return scalewayErrors.notFound('instance_ip', /^[\d.]+$/.test(reference) ? `${reference}/32` : reference)
}
