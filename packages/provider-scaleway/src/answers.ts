import type { StandardSchema } from '@failover-ip/provider'
import { canonicalUnit } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** An address of the account. */
export interface Ip {
  readonly id: string
  readonly unit: string
  /** Identifier of the Instance that has it. */
  readonly server: string | null
  /** Any text: the SDK lets values pass that its types do not know. */
  readonly state: string
  /** Host name of an IPv4 address. */
  readonly reverse: string | null
  /** Under which IPAM knows it. */
  readonly ipamId: string | undefined
}

/** An Instance. */
export interface Server {
  readonly id: string
  /** Its name and host name. */
  readonly names: readonly string[]
  readonly state: string
  /** Everything it carries, dynamic addresses included; `undefined` when that cannot be read. */
  readonly units: readonly string[] | undefined
  readonly addresses: readonly string[]
}

/** A page of a list. Its items are judged one by one, so that one bad item does not hide the others. */
export interface ListPage {
  readonly items: readonly unknown[]
  readonly totalCount: number
}

export const ipAnswer: StandardSchema<unknown, Ip> = z
  .object({
    id: z.string().min(1),
    address: z.string().nullish(),
    prefix: z.string().nullish(),
    server: z.object({ id: z.string().min(1) }).nullish(),
    state: z.string(),
    reverse: z.string().nullish().catch(null),
    ipamId: z.string().optional().catch(undefined),
  })
  .transform(({ id, address, prefix, server, state, reverse, ipamId }, context) => {
    const unit = canonicalUnit(prefix ?? address ?? '')
    if (unit === undefined) context.addIssue({ code: 'custom', message: 'has neither an address nor a prefix' })
    return { id, unit: unit ?? '', server: server?.id ?? null, state, reverse: reverse ?? null, ipamId }
  })

export const serverAnswer: StandardSchema<unknown, Server> = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    hostname: z.string().nullish(),
    state: z.string(),
    publicIps: z
      .array(z.object({ address: z.string(), netmask: z.string() }))
      .optional()
      .catch(undefined),
  })
  .transform(({ id, name, hostname, state, publicIps }) => ({
    id,
    names: [name, ...(typeof hostname === 'string' ? [hostname] : [])],
    state,
    units: unitsOf(publicIps),
    addresses: (publicIps ?? []).map(({ address }) => address),
  }))

export const pageAnswer: StandardSchema<unknown, ListPage> = z.object({
  items: z.array(z.unknown()),
  totalCount: z.int().min(0),
})

function unitsOf(
  publicIps: readonly { readonly address: string; readonly netmask: string }[] | undefined,
): string[] | undefined {
  const units = publicIps?.map(({ address, netmask }) => canonicalUnit(`${address}/${netmask}`))
  return units?.every((unit) => unit !== undefined) === true ? units : undefined
}
