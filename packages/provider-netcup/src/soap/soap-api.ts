import type { CallOptions, Clock, StandardSchema } from '@failover-ip/provider'
import { parseAnswer, untilAborted } from '@failover-ip/provider-kit'
import { notApplied } from '../not-applied.ts'
import type { SoapCredentials } from '../settings.ts'
import { changed, serverAddresses, serverInformation, serverNames, serverState } from './answers.ts'
import type { ServerInformation } from './answers.ts'
import { failureOf } from './failure.ts'
import { createSoapClient } from './soap-client.ts'

export interface SoapEndpoint {
  readonly url: string
  readonly credentials: SoapCredentials
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly userAgent: string
}

export interface RoutingChange {
  readonly unit: string
  /** Name of the server. */
  readonly server: string
  readonly mac: string
}

/** The few calls of the web service that are needed, each checked, each failing with `ProviderError` alone. */
export interface SoapApi {
  servers(call: CallOptions): Promise<readonly string[]>
  addresses(server: string, call: CallOptions): Promise<readonly string[]>
  information(server: string, call: CallOptions): Promise<ServerInformation>
  state(server: string, call: CallOptions): Promise<string>
  changeRouting(change: RoutingChange, call: CallOptions): Promise<boolean>
}

interface Call<Value> {
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
  readonly schema: StandardSchema<unknown, Value>
  readonly action: string
  readonly changes?: boolean
}

export function createSoapApi(endpoint: SoapEndpoint): SoapApi {
  const send = createSend(endpoint)
  return {
    servers: (call) =>
      send({ operation: 'getVServers', parameters: {}, schema: serverNames, action: 'listing servers' }, call),
    addresses: (server, call) =>
      send(
        {
          operation: 'getVServerIPs',
          parameters: { vserverName: server },
          schema: serverAddresses,
          action: `listing the addresses of server ${server}`,
        },
        call,
      ),
    information: (server, call) =>
      send(
        {
          operation: 'getVServerInformation',
          parameters: { vservername: server },
          schema: serverInformation,
          action: `reading server ${server}`,
        },
        call,
      ),
    state: (server, call) =>
      send(
        {
          operation: 'getVServerState',
          parameters: { vserverName: server },
          schema: serverState,
          action: `reading the state of server ${server}`,
        },
        call,
      ),
    changeRouting: ({ unit, server, mac }, call) => {
      const [routedIP = '', routedMask = ''] = unit.split('/')
      return send(
        {
          operation: 'changeIPRouting',
          parameters: { routedIP, routedMask, destinationVserverName: server, destinationInterfaceMAC: mac },
          schema: changed,
          action: `changing the routing of ${unit} at server ${server}`,
          changes: true,
        },
        call,
      )
    },
  }
}

type Send = <Value>(call: Call<Value>, options: CallOptions) => Promise<Value>

function createSend({ credentials, clock, ...network }: SoapEndpoint): Send {
  const { loginName, password } = credentials
  const secrets = [password]
  const client = createSoapClient({ ...network, secrets })
  return async ({ operation, parameters, schema, action, changes = false }, { signal }) => {
    signal.throwIfAborted()
    const call = client(operation, { loginName, password, ...parameters }, signal)
    const { result, error, answer, failure } = await untilAborted(call, signal)
    try {
      if (failure !== undefined || error !== undefined) throw failure ?? error
      // `soap` makes an empty result of an answer of another kind, like a page of HTML, and passes any status.
      const isAnswer = answer?.body.includes(`${operation}Response`) === true && answer.status < 300
      if (!isAnswer) throw new Error('The answer is of another kind.')
      const what = `netcup's answer to ${action}`
      return await parseAnswer(schema, result, { what, outcome: 'unknown', status: answer.status })
    } catch (reason) {
      signal.throwIfAborted()
      const typed = failureOf(reason, answer, { action, changes, secrets, now: clock.now() })
      throw changes ? typed : notApplied(typed)
    }
  }
}
