import type { Clock } from '@failover-ip/provider'
import { createCloudModel, createHttpEmulator } from '@failover-ip/provider-testkit'
import type { CloudModel, CloudServer, CloudUnit, EmulatedAnswer, HttpEmulator } from '@failover-ip/provider-testkit'

export interface Machine extends CloudServer {
  readonly power: 'on' | 'off'
}

export interface NimbusEmulator {
  readonly key: string
  readonly model: CloudModel<Machine, CloudUnit>
  readonly http: HttpEmulator
}

const slots = 3
const pageLength = 50

/** Nimbus as its documentation describes it: a job takes three seconds, and a read may be two seconds old. */
export function createNimbusEmulator({ clock }: { readonly clock: Clock }): NimbusEmulator {
  const key = 'nk-5f1e7c0a9b3d'
  const model = createCloudModel<Machine, CloudUnit>({
    clock,
    readLagSeconds: 2,
    course: { seconds: 3, end: 'done', effect: 'atEnd' },
    windows: [{ changes: 20, seconds: 60 }],
  })
  const http = createHttpEmulator({
    clock,
    latencyMs: 80,
    answer: ({ method, url, headers, body }) => {
      if (headers.get('x-nimbus-key') !== key) return refuse(403, 'bad_key', 'This key is not known.')
      const [, , kind = '', name = '', verb] = url.pathname.split('/').map(decodeURIComponent)
      if (method === 'POST') return change(name, verb, new URLSearchParams(body).get('machine') ?? '')
      if (kind === 'jobs') return job(Number(name.slice('job-'.length)))
      const items =
        kind === 'blocks' ? [...model.units.values()].map(show) : [...model.servers.values()].map(showMachine)
      const first = (Number(url.searchParams.get('page')) - 1) * pageLength
      return { status: 200, body: { items: items.slice(first, first + pageLength), total: items.length } }
    },
  })

  function show({ id, unit, location }: CloudUnit): object {
    const { server, phase } = model.seenHolding(id)
    return { cidr: unit, site: location, machine: server, moving: phase === 'changing' }
  }

  function showMachine({ id, location, power }: Machine): object {
    return { id, site: location, power }
  }

  function job(id: number): EmulatedAnswer {
    const action = model.action(id)
    if (action === undefined) return refuse(404, 'no_job', 'There is no such job.')
    return { status: 200, body: { state: action.state === 'done' ? 'succeeded' : action.state } }
  }

  function change(cidr: string, verb: string | undefined, id: string): EmulatedAnswer {
    const unit = model.unitOf(cidr)
    const machine = model.servers.get(id)
    if (unit === undefined) return refuse(404, 'no_block', `There is no block ${cidr}.`)
    const { server, phase } = model.holding(unit.id)
    if (phase === 'changing') return refuse(409, 'block_moving', `${cidr} is being moved.`)
    if (verb === 'detach' ? server !== id : server === id) return { status: 200, body: {} }
    if (verb === 'attach') {
      if (machine === undefined) return refuse(404, 'no_machine', `There is no machine ${id}.`)
      if (machine.location !== unit.location) return refuse(422, 'wrong_site', `${cidr} is at ${unit.location}.`)
      if (model.heldBy(id).length >= slots) return refuse(409, 'machine_full', `${id} has ${slots} blocks.`)
    }
    const wait = model.admit(unit.id)
    if (wait !== null) return { status: 429, body: tooOften(Math.ceil(wait.retryAfterSeconds)) }
    const action = model.change(unit.id, verb === 'attach' ? id : null)
    return { status: 202, body: { job: `job-${action.id}` }, effect: `${verb} ${cidr} ${id}` }
  }

  return { key, model, http }
}

/** The body of a refusal for too many requests. */
export function tooOften(retryIn: number): object {
  return { error: 'too_often', text: 'Not so often.', retryIn }
}

function refuse(status: number, error: string, text: string): EmulatedAnswer {
  return { status, body: { error, text } }
}
