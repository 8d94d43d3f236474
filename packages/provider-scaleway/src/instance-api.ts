import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock, Outcome, StandardSchema } from '@failover-ip/provider'
import { exchange, judgeItems, outcomeOf, parseAnswer, readPages, quote, redactError } from '@failover-ip/provider-kit'
import type { Answer, Listed } from '@failover-ip/provider-kit'
import { createAdvancedClient, withHTTPClient, withProfile, withUserAgent } from '@scaleway/sdk-client'
import { Instancev1 } from '@scaleway/sdk-instance'
import { ipAnswer, pageAnswer, serverAnswer } from './answers.ts'
import type { Ip, Server } from './answers.ts'
import { refusalOf } from './refusal.ts'

export interface Account {
  readonly apiUrl: string
  readonly accessKey: string
  readonly secretKey: string
  /** None: whatever the key can see, or the organization's. */
  readonly projectIds: readonly string[]
  readonly organizationId: string | undefined
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly userAgent: string
}

export interface IpReference {
  readonly zone: string
  /** Identifier, or the address itself for IPv4. */
  readonly ip: string
  /** For messages. */
  readonly unit: string
}

/** The few calls of the Instance API that are needed, each checked, each failing with `ProviderError` alone. */
export interface InstanceApi {
  listIps(zone: string, call: CallOptions): Promise<Listed<Ip>>
  getIp(reference: IpReference, call: CallOptions): Promise<Ip>
  /** Attaches to a server, or detaches with `null`. */
  updateIp(reference: IpReference & { readonly server: string | null }, call: CallOptions): Promise<Ip>
  /** Names an IPv4 address in the reverse DNS. */
  nameIp(reference: IpReference & { readonly reverse: string }, call: CallOptions): Promise<void>
  listServers(zone: string, call: CallOptions): Promise<Listed<Server>>
  getServer(reference: { readonly zone: string; readonly id: string }, call: CallOptions): Promise<Server>
}

const perPage = 100

export function createInstanceApi(account: Account): InstanceApi {
  const { projectIds, organizationId } = account
  const scopes: readonly Scope[] =
    projectIds.length > 0
      ? projectIds.map((project) => ({ project }))
      : [organizationId === undefined ? {} : { organization: organizationId }]
  return {
    listIps: (zone, call) =>
      listAll(scopes, ipAnswer, `the list of addresses in ${zone}`, async (scope, page, action) => {
        const { value } = await send(account, call, { method: 'GET', action }, (api) =>
          api.listIps({ zone, page, perPage, ...scope }),
        )
        return { items: value.ips, totalCount: value.totalCount }
      }),
    getIp: async ({ zone, ip, unit }, call) => {
      const asked = { method: 'GET', action: `reading ${unit} in ${zone}` }
      const { value, outcome } = await send(account, call, asked, (api) => api.getIp({ zone, ip }))
      return parseAnswer(ipAnswer, value.ip, { what: `Scaleway's answer to ${asked.action}`, outcome })
    },
    updateIp: async ({ zone, ip, unit, server }, call) => {
      const change =
        server === null ? `detaching ${unit} in ${zone}` : `attaching ${unit} in ${zone} to Instance ${server}`
      const { value, outcome } = await send(account, call, { method: 'PATCH', action: change }, (api) =>
        // The API detaches with `null`; the SDK's type knows only text and absence.
        api.updateIp({ zone, ip, server }),
      )
      return parseAnswer(ipAnswer, value.ip, { what: `Scaleway's answer to ${change}`, outcome })
    },
    nameIp: async ({ zone, ip, unit, reverse }, call) => {
      const asked = { method: 'PATCH', action: `naming ${unit} in ${zone} ${reverse}` }
      await send(account, call, asked, (api) => api.updateIp({ zone, ip, reverse }))
    },
    listServers: (zone, call) =>
      listAll(scopes, serverAnswer, `the list of Instances in ${zone}`, async (scope, page, action) => {
        const { value } = await send(account, call, { method: 'GET', action }, (api) =>
          api.listServers({ zone, page, perPage, ...scope }),
        )
        return { items: value.servers, totalCount: value.totalCount }
      }),
    getServer: async ({ zone, id }, call) => {
      const asked = { method: 'GET', action: `reading Instance ${id} in ${zone}` }
      const { value, outcome } = await send(account, call, asked, (api) => api.getServer({ zone, serverId: id }))
      return parseAnswer(serverAnswer, value.server, { what: `Scaleway's answer to ${asked.action}`, outcome })
    },
  }
}

/** Whose addresses and Instances a list holds. */
interface Scope {
  readonly project?: string
  readonly organization?: string
}

/** One list for each scope. */
async function listAll<Item>(
  scopes: readonly Scope[],
  schema: StandardSchema<unknown, Item>,
  what: string,
  readPage: (
    scope: Scope,
    page: number,
    action: string,
  ) => Promise<{ readonly items: unknown; readonly totalCount: unknown }>,
): Promise<Listed<Item>> {
  const lists = await Promise.all(
    scopes.map((scope) => list(schema, what, (page, action) => readPage(scope, page, action))),
  )
  return { items: lists.flatMap(({ items }) => items), complete: lists.every(({ complete }) => complete) }
}

async function list<Item>(
  schema: StandardSchema<unknown, Item>,
  what: string,
  readPage: (page: number, action: string) => Promise<{ readonly items: unknown; readonly totalCount: unknown }>,
): Promise<Listed<Item>> {
  const found = await readPages({
    readPage: async (page) => {
      const answer = await readPage(page, `reading ${what}`)
      return parseAnswer(pageAnswer, answer, { what: `Scaleway's answer to reading ${what}`, outcome: 'not-applied' })
    },
    identify: (item) => identifierOf(item) ?? JSON.stringify(item),
    what: `At Scaleway, ${what}`,
  })
  return judgeItems(found, schema)
}

function identifierOf(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string' ? item.id : undefined
}

interface Asked {
  readonly method: string
  readonly action: string
}

/** One call through the SDK, with a client of its own, since the SDK knows neither signals nor an answer's headers. */
async function send<Value>(
  account: Account,
  { signal }: CallOptions,
  { method, action }: Asked,
  run: (api: Instancev1.API) => Promise<Value>,
): Promise<{ readonly value: Value; readonly outcome: Outcome }> {
  const { apiUrl, accessKey, secretKey, fetch, clock, userAgent } = account
  const secrets = [secretKey]
  let answer: Answer | undefined
  const client = createAdvancedClient(
    withProfile({ apiURL: apiUrl, accessKey, secretKey }),
    withUserAgent(userAgent),
    withHTTPClient(async (input, init) => {
      answer = await exchange(new Request(input, init), { fetch, signal, secrets })
      return toResponse(answer)
    }),
  )
  try {
    const value = await run(new Instancev1.API(client))
    return { value, outcome: outcomeOf(method, answer?.status ?? 200) }
  } catch (error) {
    signal.throwIfAborted()
    if (isProviderError(error)) throw error
    const cause = redactError(error, secrets)
    if (answer !== undefined && (answer.status < 200 || answer.status > 299)) {
      throw refusalOf(answer, { method, action, secrets, now: clock.now(), cause })
    }
    const message = `Scaleway's answer to ${action} cannot be read: ${quote(cause.message, secrets).replace(/\.+$/, '')}.`
    throw new ProviderError('Transient', message, {
      outcome: outcomeOf(method, answer?.status ?? 200),
      cause,
      ...(answer === undefined ? {} : { status: answer.status }),
    })
  }
}

/** The SDK reads JSON only when the content type is exactly `application/json`, so that parameters are taken off. */
function toResponse({ status, headers, body }: Answer): Response {
  const cleaned = new Headers(headers)
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
  if (mediaType.trim().toLowerCase() === 'application/json') cleaned.set('content-type', 'application/json')
  return new Response(status === 204 || status === 304 ? null : body, { status, headers: cleaned })
}
