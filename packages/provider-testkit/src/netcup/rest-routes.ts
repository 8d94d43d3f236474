import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { NetcupServer, NetcupUnit } from './cloud.ts'
import { failoverBody, serverBody, serverListBody, taskBody, taskUuid } from './rest-bodies.ts'
import type { BodyContext } from './rest-bodies.ts'
import { netcupErrors } from './rest-errors.ts'

export interface RestContext extends BodyContext {
  /** Asks the limits of the account; `null`: admitted. */
  readonly admit: (unit: NetcupUnit) => { readonly retryAfterSeconds: number } | null
  /** Servers on which another task works. */
  readonly locked: ReadonlySet<string>
}

const routingBody = z.object({ serverId: z.number().int() })
const patchTypes = ['application/json', 'application/merge-patch+json']

/** What the REST API answers to a request whose sender is known. `path` is what follows `/api/v1/`. */
export function answerRest(context: RestContext, request: EmulatedRequest, path: string): EmulatedAnswer {
  const { method, url } = request
  const [collection, ...rest] = path.split('/')
  if (collection === 'servers' && method === 'GET') return answerServers(context, url, rest)
  if (collection === 'tasks' && method === 'GET') return answerTask(context, rest[0] ?? '')
  if (collection !== 'users') return netcupErrors.notFound('Resource')
  const [user, kind, family, id] = rest
  if (user !== String(context.user.id)) return netcupErrors.notAllowed()
  if (kind !== 'failoverips' || (family !== 'v4' && family !== 'v6')) return netcupErrors.notFound('Resource')
  const units = [...context.cloud.units.values()].filter(({ unit }) => unit.includes(':') === (family === 'v6'))
  if (id === undefined && method === 'GET') return listFailoverIPs(context, url, units)
  if (method !== 'PATCH') return { status: 405 }
  const unit = units.find((one) => one.id === id)
  return unit === undefined ? netcupErrors.notFound(`Failover IP${family} or server`) : route(context, unit, request)
}

function listFailoverIPs(context: RestContext, url: URL, units: readonly NetcupUnit[]): EmulatedAnswer {
  const ip = url.searchParams.get('ip')
  const server = url.searchParams.get('serverId')
  const wanted = units.filter(
    ({ id, unit }) =>
      (ip === null || unit.startsWith(`${ip}/`)) &&
      (server === null || context.cloud.seenHolding(id).server === server),
  )
  return { status: 200, body: wanted.map((unit) => failoverBody(context, unit)) }
}

function route(context: RestContext, unit: NetcupUnit, { headers, body }: EmulatedRequest): EmulatedAnswer {
  const { cloud, switches } = context
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  if (!patchTypes.includes(type)) return { status: 415 }
  const asked = routingBody.safeParse(jsonOf(body))
  if (!asked.success) return netcupErrors.invalid('serverId', 'must be a number')
  const refused = context.admit(unit)
  if (refused !== null) {
    return netcupErrors.tooMany(switches.retryAfterHeader ? refused.retryAfterSeconds : undefined)
  }
  const server = cloud.servers.get(String(asked.data.serverId))
  if (server === undefined) return netcupErrors.notFound('Failover IP or server')
  if (server.location !== unit.location) return netcupErrors.wrongSite()
  if (!unit.editable) return netcupErrors.invalid('id', 'is not editable')
  if (context.locked.has(server.id)) return netcupErrors.locked()
  if (switches.changeDuringTask === 'refused' && cloud.holding(unit.id).phase === 'changing')
    return netcupErrors.routed()
  const isThere = cloud.holding(unit.id).server === server.id
  if (isThere && switches.sameServer === 'refused') {
    return netcupErrors.invalid('serverId', 'is the server that has the failover IP')
  }
  const action = cloud.change(unit.id, server.id)
  return {
    status: 202,
    body: taskBody(context, action),
    ...(isThere ? {} : { effect: `routed ${unit.unit} to ${server.name}` }),
  }
}

function answerTask(context: RestContext, uuid: string): EmulatedAnswer {
  const action = context.cloud.snapshot().actions.find(({ id }) => taskUuid(id) === uuid)
  // With its address the cloud forgets what was done with it.
  if (action === undefined || !context.cloud.units.has(action.unit)) return netcupErrors.notFound('Task')
  return { status: 200, body: taskBody(context, action) }
}

function answerServers(context: RestContext, url: URL, [id]: readonly string[]): EmulatedAnswer {
  const servers = [...context.cloud.servers.values()]
  if (id !== undefined) {
    const server = servers.find((one) => one.id === id)
    const withLiveInfo = url.searchParams.get('loadServerLiveInfo') === 'true'
    return server === undefined
      ? netcupErrors.notFound('Server')
      : { status: 200, body: serverBody(context, server, withLiveInfo) }
  }
  const filtered = servers.filter((server) => isWanted(server, url))
  const offset = Number(url.searchParams.get('offset') ?? 0)
  const limit = Math.min(Number(url.searchParams.get('limit') ?? 1000), context.switches.mostPerPage)
  if (!(offset >= 0 && limit >= 1)) return netcupErrors.invalid('limit', 'must be 1 or more')
  return { status: 200, body: filtered.slice(offset, offset + limit).map(serverListBody) }
}

function isWanted({ name, hostname, nickname, ipv4 }: NetcupServer, url: URL): boolean {
  const [byName, byIp, query] = ['name', 'ip', 'q'].map((key) => url.searchParams.get(key))
  return (
    (byName === null || name === byName) &&
    (byIp === null || ipv4 === byIp) &&
    [name, hostname, nickname].some((text) => text.includes(query ?? ''))
  )
}
