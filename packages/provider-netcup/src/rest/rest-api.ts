import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, ProviderErrorCode } from '@failover-ip/provider'
import { createJsonClient, familyOf, judgeItems } from '@failover-ip/provider-kit'
import type { CloudError, JsonRequest, Listed, RefusedAnswer } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { LoginEndpoint } from '../login/login-endpoint.ts'
import type { Access, Session } from '../login/session.ts'
import { anyList, failoverAddress, listedServer, serverAnswer, taskAnswer } from './answers.ts'
import type { FailoverAddress, ListedServer, ServerDetails, Task } from './answers.ts'

/** The few calls of the REST API that are needed, each checked, each failing with `ProviderError` alone. */
export interface RestApi {
  /** All of one family: the list has no pages. */
  failoverAddresses(family: Family, call: CallOptions): Promise<Listed<FailoverAddress>>
  route(address: FailoverAddress, server: string, call: CallOptions): Promise<Task>
  task(uuid: string, call: CallOptions): Promise<Task>
  servers(call: CallOptions): Promise<Listed<ListedServer>>
  /** `live`: with its state and its MACs, which take netcup longer. */
  server(id: string, live: boolean, call: CallOptions): Promise<ServerDetails>
}

export type Family = 'ipv4' | 'ipv6'

const perPage = 100
/** The cloud may give fewer on a page than it was asked for. */
const mostPages = 50

export function createRestApi(endpoint: LoginEndpoint, session: Session): RestApi {
  const send = async <Value>(request: (access: Access) => JsonRequest<Value>, call: CallOptions): Promise<Value> => {
    const attempt = async (access: Access): Promise<Value> => {
      const client = createJsonClient({
        cloud: 'netcup',
        apiUrl: `${endpoint.apiUrl}/scp-core/api/v1`,
        fetch: endpoint.fetch,
        clock: endpoint.clock,
        userAgent: endpoint.userAgent,
        headers: { authorization: `Bearer ${access.accessToken}` },
        secrets: access.secrets,
        readError,
      })
      return (await client(request(access), call)).value
    }
    const access = await session.access(call)
    try {
      return await attempt(access)
    } catch (error) {
      if (!isProviderError(error) || error.status !== 401) throw error
      // Revoked before its time. A refusal is no attempt: with a new token this is still the first one.
      session.reject(access)
      return attempt(await session.access(call))
    }
  }

  return {
    failoverAddresses: async (family, call) => {
      const list = await send(
        ({ userId }) => ({
          method: 'GET',
          path: `/users/${userId}/failoverips/${pathOf(family)}`,
          schema: anyList,
          action: `listing failover addresses (${pathOf(family)})`,
        }),
        call,
      )
      return judgeItems(list, failoverAddress)
    },
    route: ({ id, unit }, server, call) =>
      send(
        ({ userId, secrets }) => ({
          method: 'PATCH',
          path: `/users/${userId}/failoverips/${pathOf(familyOf(unit))}/${id}`,
          body: { serverId: Number(server) },
          schema: taskAnswer(secrets),
          action: `routing ${unit} to server ${server}`,
        }),
        call,
      ),
    task: (uuid, call) =>
      send(
        ({ secrets }) => ({
          method: 'GET',
          path: `/tasks/${encodeURIComponent(uuid)}`,
          schema: taskAnswer(secrets),
          action: 'reading a task',
        }),
        call,
      ),
    servers: async (call) => {
      const found = new Map<string, unknown>()
      for (let page = 0; page < mostPages; page++) {
        const offset = found.size
        const items = await send(
          () => ({
            method: 'GET',
            path: `/servers?limit=${perPage}&offset=${offset}`,
            schema: anyList,
            action: 'listing servers',
          }),
          call,
        )
        if (items.length === 0) return judgeItems([...found.values()], listedServer)
        for (const item of items) found.set(keyOf(item), item)
        if (found.size !== offset + items.length) throw incomplete('changed while it was read')
      }
      throw incomplete(`is longer than ${mostPages} pages`)
    },
    server: (id, live, call) =>
      send(
        () => ({
          method: 'GET',
          path: `/servers/${encodeURIComponent(id)}${live ? '?loadServerLiveInfo=true' : ''}`,
          schema: serverAnswer,
          action: `reading server ${id}`,
        }),
        call,
      ),
  }
}

const identified = z.object({ id: z.number() })

function keyOf(item: unknown): string {
  return String(identified.safeParse(item).data?.id ?? JSON.stringify(item))
}

function pathOf(family: Family): 'v4' | 'v6' {
  return family === 'ipv4' ? 'v4' : 'v6'
}

function incomplete(how: string): ProviderError {
  return new ProviderError('Transient', `netcup's list of servers ${how}.`, { outcome: 'not-applied' })
}

const errorBody = z
  .object({
    code: z.string().catch(''),
    message: z.string().catch(''),
    errors: z.array(z.object({ field: z.string().catch(''), message: z.string().catch('') })).catch([]),
  })
  .catch({ code: '', message: '', errors: [] })

/** What the bodies of errors say. Their texts are not verified, so that nothing is decided by them. */
function readError({ status, json }: RefusedAnswer): CloudError {
  const { code, message, errors } = errorBody.parse(json)
  const details = errors.map((error) => `${error.field} ${error.message}`.trim())
  const said = [message, ...details].filter((text) => text !== '').join('; ')
  return {
    message: [said, advice[status]].filter((text) => (text ?? '') !== '').join('. '),
    code: codeOf(status, code),
  }
}

/** That something is not there is netcup's own word, which names a code; anything in between may answer 404. */
function codeOf(status: number, named: string): ProviderErrorCode | undefined {
  if (status === 409 || status === 423) return 'Busy'
  return status === 404 && named === '' ? 'Transient' : undefined
}

const advice: Readonly<Record<number, string>> = {
  401: 'Log in again and put the new token into the Secret',
  403: 'Activate the REST API in the settings of the server control panel, and add this address to its list of allowed ones',
}
