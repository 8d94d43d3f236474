import type { CallOptions, ProviderContext, ProviderErrorCode } from '@failover-ip/provider'
import { createJsonClient, readPages } from '@failover-ip/provider-kit'
import type { CloudError, RefusedAnswer } from '@failover-ip/provider-kit'
import { z } from 'zod'

export const parameters = z.object({ apiUrl: z.url().default('https://api.nimbus.example') })
export const credentials = z.object({ NIMBUS_KEY: z.string().min(1) })

const block = z.object({ cidr: z.string(), site: z.string(), machine: z.string().nullable(), moving: z.boolean() })
const machine = z.object({ id: z.string(), site: z.string(), power: z.string() })
const accepted = z.object({ job: z.string().optional() })
const job = z.object({ state: z.enum(['queued', 'running', 'succeeded', 'failed']) })
const refusal = z.object({ error: z.string(), text: z.string(), retryIn: z.number().optional() })

/** Where the status alone says too little. */
const codes: ReadonlyMap<string, ProviderErrorCode> = new Map([['block_moving', 'Busy']])

type Context = ProviderContext<z.output<typeof parameters>, z.output<typeof credentials>>

/** A list that was read to its end. */
export interface Rows<Row> {
  readonly rows: readonly Row[]
  /** Every row could be read: what is not among them is not there. */
  readonly isWhole: boolean
}

export interface NimbusApi {
  listBlocks(call: CallOptions): Promise<Rows<z.output<typeof block>>>
  listMachines(call: CallOptions): Promise<Rows<z.output<typeof machine>>>
  /** Gives the job's name, or nothing when there was nothing to do. */
  change(verb: 'attach' | 'detach', unit: string, machine: string, call: CallOptions): Promise<string | undefined>
  readJob(name: string, call: CallOptions): Promise<z.output<typeof job>['state']>
}

/** The requests to Nimbus: questions in the path, changes as forms, answers in JSON. */
export function createNimbusApi(context: Context): NimbusApi {
  const { parameters: settings, credentials: secrets, fetch, clock, userAgent } = context
  const send = createJsonClient({
    cloud: 'Nimbus',
    apiUrl: settings.apiUrl,
    fetch,
    clock,
    userAgent,
    headers: { 'x-nimbus-key': secrets.NIMBUS_KEY },
    secrets: [secrets.NIMBUS_KEY],
    readError,
  })
  // Row by row: one that cannot be read says nothing about the others.
  const list = async <Row>(kind: string, row: z.ZodType<Row>, key: string, call: CallOptions): Promise<Rows<Row>> => {
    const named = z.record(z.string(), z.unknown()).catch({})
    const items = await readPages({
      what: `Nimbus's list of ${kind}`,
      identify: (item) => JSON.stringify(named.parse(item)[key] ?? item),
      readPage: async (page) => {
        const schema = z.object({ items: z.array(z.unknown()), total: z.number() })
        const path = `/v2/${kind}?page=${page}`
        const { value } = await send({ method: 'GET', path, schema, action: `listing ${kind}` }, call)
        return { items: value.items, totalCount: value.total }
      },
    })
    const rows = items.flatMap((item) => row.safeParse(item).data ?? [])
    return { rows, isWhole: rows.length === items.length }
  }
  return {
    listBlocks: (call) => list('blocks', block, 'cidr', call),
    listMachines: (call) => list('machines', machine, 'id', call),
    change: async (verb, unit, id, call) => {
      const path = `/v2/blocks/${encodeURIComponent(unit)}/${verb}`
      const body = new URLSearchParams({ machine: id })
      const action = `${verb}ing ${unit}, machine ${id}`
      return (await send({ method: 'POST', path, body, schema: accepted, action }, call)).value.job
    },
    readJob: async (name, call) =>
      (await send({ method: 'GET', path: `/v2/jobs/${name}`, schema: job, action: `reading job ${name}` }, call)).value
        .state,
  }
}

/** The body of a refusal. */
function readError({ json }: RefusedAnswer): CloudError | undefined {
  const { data } = refusal.safeParse(json)
  return data && { message: data.text, code: codes.get(data.error), retryAfterSeconds: data.retryIn }
}
