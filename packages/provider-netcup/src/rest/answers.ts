import type { StandardSchema } from '@failover-ip/provider'
import { canonicalUnit, quote } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** A failover address or prefix of the account. */
export interface FailoverAddress {
  readonly id: number
  readonly unit: string
  /** Whether netcup lets it be changed now. */
  readonly editable: boolean
  /** Number of the server that has it. */
  readonly server: string | null
  /** Identifier of its site; empty when netcup does not say. */
  readonly site: string
}

const named = z.object({ id: z.number().int() }).nullish()
const common = { id: z.number().int(), editable: z.boolean().default(true), server: named, site: named }

const v4 = z.object({ ...common, ip: z.string(), cidrSuffix: z.number().default(32) })
const v6 = z.object({ ...common, networkPrefix: z.string(), networkPrefixLength: z.number() })

export const failoverAddress: StandardSchema<unknown, FailoverAddress> = z
  .union([v4, v6])
  .transform((item, context) => {
    const cidr = 'ip' in item ? `${item.ip}/${item.cidrSuffix}` : `${item.networkPrefix}/${item.networkPrefixLength}`
    const unit = canonicalUnit(cidr)
    if (unit === undefined) context.addIssue({ code: 'custom', message: 'is no address or prefix' })
    return {
      id: item.id,
      unit: unit ?? '',
      editable: item.editable,
      server: item.server === null || item.server === undefined ? null : String(item.server.id),
      site: siteOf(item.site),
    }
  })

/** A list whose items are judged one by one. */
export const anyList: StandardSchema<unknown, readonly unknown[]> = z.array(z.unknown())

/** States of a task that are not known here pass as they are. */
export interface Task {
  readonly uuid: string
  readonly state: string
  /** Why it failed, in netcup's words, without secrets. */
  readonly problem: string
}

const task = z.object({
  uuid: z.string().min(1).max(200),
  state: z.string().max(60),
  message: z.string().nullish().catch(undefined),
  responseError: z.object({ message: z.string().nullish() }).nullish().catch(undefined),
})

export function taskAnswer(secrets: readonly string[]): StandardSchema<unknown, Task> {
  return task.transform(({ uuid, state, message, responseError }) => ({
    uuid,
    state,
    problem: quote(responseError?.message ?? message ?? '', secrets),
  }))
}

/** An entry of the list of servers, which lacks sites and addresses. */
export interface ListedServer {
  readonly id: string
  readonly name: string
}

export const listedServer: StandardSchema<unknown, ListedServer> = z
  .object({ id: z.number().int(), name: z.string() })
  .transform(({ id, name }) => ({ id: String(id), name }))

export interface ServerDetails {
  readonly id: string
  readonly name: string
  readonly otherNames: readonly string[]
  readonly site: string
  readonly networks: readonly string[]
  readonly macAddresses: readonly string[]
  /** As libvirt calls it; absent when netcup does not say. */
  readonly state: string | undefined
}

export const serverAnswer: StandardSchema<unknown, ServerDetails> = z
  .object({
    id: z.number().int(),
    name: z.string(),
    hostname: z.string().nullish(),
    nickname: z.string().nullish(),
    site: named,
    ipv4Addresses: z.array(z.object({ ip: z.string() })).nullish(),
    ipv6Addresses: z.array(z.object({ networkPrefix: z.string(), networkPrefixLength: z.number() })).nullish(),
    serverLiveInfo: z
      .object({
        state: z.string().optional(),
        interfaces: z.array(z.object({ mac: z.string().nullish() })).nullish(),
      })
      .nullish(),
  })
  .transform(({ id, name, hostname, nickname, site, ipv4Addresses, ipv6Addresses, serverLiveInfo }) => ({
    id: String(id),
    name,
    otherNames: [hostname, nickname].flatMap((text) => text ?? []),
    site: siteOf(site),
    networks: [
      ...(ipv4Addresses ?? []).map(({ ip }) => ip),
      ...(ipv6Addresses ?? []).map((prefix) => `${prefix.networkPrefix}/${prefix.networkPrefixLength}`),
    ].flatMap((text) => canonicalUnit(text) ?? []),
    macAddresses: (serverLiveInfo?.interfaces ?? []).flatMap(({ mac }) => mac?.toLowerCase() ?? []),
    state: serverLiveInfo?.state,
  }))

function siteOf(site: z.output<typeof named>): string {
  return site === null || site === undefined ? '' : String(site.id)
}
