import type { Capabilities, Clock } from '@failover-ip/provider'
import { z } from 'zod'
import type { CloudModel, CloudServer, CloudUnit } from '../../cloud/cloud-model.ts'
import { createCloudModel } from '../../cloud/create-cloud-model.ts'
import { createHttpEmulator } from '../../http/emulator.ts'
import type { EmulatedAnswer, EmulatedRequest, HttpEmulator } from '../../http/emulator.ts'

export interface AcmeServer extends CloudServer {
  readonly state: 'on' | 'off'
}

/** The emulator of a cloud made up for tests, which behaves as a manifest says. */
export interface AcmeCloud extends HttpEmulator {
  readonly model: CloudModel<AcmeServer, CloudUnit>
  /** The only token that the cloud takes. */
  token: string
}

export const acmePageLength = 100

export function createAcmeCloud(clock: Clock, capabilities: Capabilities): AcmeCloud {
  const { accountWindows, coolDownSeconds, eventualReadSeconds } = capabilities
  const model = createCloudModel<AcmeServer, CloudUnit>({
    clock,
    readLagSeconds: eventualReadSeconds,
    windows: accountWindows.map(({ mutations, seconds }) => ({ changes: mutations, seconds })),
    coolDownSeconds,
  })
  const http = createHttpEmulator({
    clock,
    latencyMs: 20,
    answer: (request) =>
      request.headers.get('authorization') === cloud.token
        ? answer(model, capabilities, request)
        : refuse(401, 'who are you?'),
  })
  const cloud: AcmeCloud = { ...http, model, token: 'acme-token-12345678' }
  return cloud
}

function answer(
  model: AcmeCloud['model'],
  capabilities: Capabilities,
  { method, url, body }: EmulatedRequest,
): EmulatedAnswer {
  const [, resource = '', reference = ''] = url.pathname.split('/').map(decodeURIComponent)
  if (method === 'PUT') return change(model, capabilities, model.unitOf(reference), body)
  if (resource === 'jobs') {
    const job = model.action(Number(reference))
    return job === undefined ? refuse(404, 'no such job') : { status: 200, body: { state: job.state } }
  }
  if (resource === 'servers' && reference !== '') {
    const server = model.servers.get(reference)
    return server === undefined ? refuse(404, 'no such server') : { status: 200, body: server }
  }
  const items =
    resource === 'units' ? [...model.units.values()].map(unitBody) : [...model.servers.values()].map(serverBody)
  const page = Number(url.searchParams.get('page') ?? 1)
  return {
    status: 200,
    body: { items: items.slice((page - 1) * acmePageLength, page * acmePageLength), total: items.length },
  }

  function unitBody({ id, unit, location }: CloudUnit): object {
    // A cloud that translates IPv4 addresses, as many do.
    const { server, phase } = model.seenHolding(id)
    const isTranslated = capabilities.node === 'holder' && server !== null && !unit.includes(':')
    const inner = isTranslated ? { inner: `10.0.0.${[...model.units.keys()].indexOf(id) + 1}` } : {}
    return { unit, location, server, busy: phase === 'changing', locked: id.startsWith('locked'), ...inner }
  }
  function serverBody({ id, name, location }: AcmeServer): object {
    const units = [...model.units.values()].filter((unit) => model.seenHolding(unit.id).server === id)
    return { id, name, location, units: units.map(({ unit }) => unit) }
  }
}

const order = z.object({ server: z.string().nullable() })

function change(
  model: AcmeCloud['model'],
  { move, slotsPerServer, oneChangePerServer, locationRule, asynchronous }: Capabilities,
  unit: CloudUnit | undefined,
  body: string,
): EmulatedAnswer {
  const { server } = order.parse(JSON.parse(body))
  const target = server === null ? undefined : model.servers.get(server)
  if (unit === undefined || (server !== null && target === undefined)) return refuse(404, 'no such unit or server')
  const before = model.holding(unit.id)
  if (before.phase === 'changing' || unit.id.startsWith('locked')) return refuse(423, 'it is being changed')
  if (before.server === server) return { status: 200, body: {} }
  if (target !== undefined) {
    const isBusy = oneChangePerServer === true && model.aimedAt(target.id).length > 0
    if (isBusy) return refuse(423, 'the server is being changed')
    if (move === 'releaseFirst' && before.server !== null) return refuse(409, 'release it first')
    if (locationRule !== null && target.location !== unit.location) return refuse(400, 'it is in another region')
    if (slotsPerServer !== null && model.heldBy(target.id).length >= slotsPerServer) return refuse(400, 'it is full')
  }
  const wait = model.admit(unit.id)
  if (wait !== null) return refuse(429, 'not so often', { 'retry-after': String(Math.ceil(wait.retryAfterSeconds)) })
  const job = model.change(unit.id, server)
  const effect = `${unit.unit} to ${server ?? 'nobody'}`
  return asynchronous && job.state === 'running'
    ? { status: 202, body: { job: job.id }, effect }
    : { status: 200, body: {}, effect }
}

function refuse(status: number, message: string, headers: Readonly<Record<string, string>> = {}): EmulatedAnswer {
  return { status, body: { message }, headers }
}
