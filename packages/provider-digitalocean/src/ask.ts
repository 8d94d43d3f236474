import type { CallOptions, Clock, StandardSchema } from '@failover-ip/provider'
import { createJsonClient, judgeItems, readPages } from '@failover-ip/provider-kit'
import type { Listed, Page } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { readError } from './read-error.ts'
import type { BuiltRequest } from './request-builder.ts'

export interface Account {
  readonly apiUrl: string
  readonly token: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly userAgent: string
}

/** What is asked for, and under which key of the answer it comes. */
export interface Asked<Value> {
  readonly schema: StandardSchema<unknown, Value>
  readonly key: string
  /** For errors: `reading 192.0.2.1/32`; of a list: `reserved IPv4 addresses`. */
  readonly what: string
}

/** Sends requests of one account, checks their answers, and fails with `ProviderError` alone. */
export interface Ask {
  one<Value>(request: BuiltRequest, asked: Asked<Value>, call: CallOptions): Promise<Value>
  list<Value>(page: (page: number) => BuiltRequest, asked: Asked<Value>, call: CallOptions): Promise<Listed<Value>>
  /** For an answer without a body. */
  nothing(request: BuiltRequest, what: string, call: CallOptions): Promise<void>
}

export function createAsk({ apiUrl, token, fetch, clock, userAgent }: Account): Ask {
  const send = createJsonClient({
    cloud: 'DigitalOcean',
    apiUrl,
    fetch,
    clock,
    userAgent,
    headers: { authorization: `Bearer ${token}` },
    secrets: [token],
    readError: (answer) => readError(answer, clock.now()),
  })
  const one: Ask['one'] = async (request, { schema, key, what }, call) => {
    const { value } = await send({ ...request, schema: under(key, schema), action: what }, call)
    return value
  }
  return {
    one,
    list: async (page, { schema, key, what }, call) => {
      const found = await readPages({
        what: `DigitalOcean's list of ${what}`,
        identify: (item) => identifierOf(item) ?? JSON.stringify(item),
        readPage: async (number) => {
          const asked = { ...page(number), schema: pageUnder(key), action: `listing ${what}` }
          return (await send(asked, call)).value
        },
      })
      return judgeItems(found, schema)
    },
    nothing: async (request, what, call) => {
      await send({ ...request, schema: z.unknown(), action: what }, call)
    },
  }
}

/** A schema for what an answer holds under a key. */
function under<Value>(key: string, schema: StandardSchema<unknown, Value>): StandardSchema<unknown, Value> {
  const { validate } = schema['~standard']
  return { '~standard': { version: 1, vendor: 'failover-ip', validate: (answer) => validate(field(answer, key)) } }
}

/** A page of a list. Its items are judged one by one, so that one bad item does not hide the others. */
function pageUnder(key: string): StandardSchema<unknown, Page<unknown>> {
  return z.preprocess(
    (answer) => ({ items: field(answer, key), totalCount: field(field(answer, 'meta'), 'total') }),
    z.object({ items: z.array(z.unknown()), totalCount: z.int().min(0) }),
  )
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function identifierOf(item: unknown): string | undefined {
  const identifier = field(item, 'ip') ?? field(item, 'id')
  return typeof identifier === 'string' || typeof identifier === 'number' ? String(identifier) : undefined
}
