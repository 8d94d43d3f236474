import { canonicalUnit } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** An address of the account. `state` is any text: the SDK lets values pass that its types do not know. */
export const ipAnswer = z
  .object({
    id: z.string().min(1),
    address: z.string().nullish(),
    prefix: z.string().nullish(),
    server: z.object({ id: z.string().min(1) }).nullish(),
    state: z.string(),
  })
  .transform(({ id, address, prefix, server, state }, context) => {
    const unit = canonicalUnit(prefix ?? address ?? '')
    if (unit === undefined) context.addIssue({ code: 'custom', message: 'has neither an address nor a prefix' })
    return { id, unit: unit ?? '', server: server?.id ?? null, state }
  })

/** An Instance. `units` is everything it carries, dynamic addresses included; `undefined` when that cannot be read. */
export const serverAnswer = z
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

/** A page of a list; its items are judged one by one, so that one bad item does not hide the others. */
export const pageAnswer = z.object({ items: z.array(z.unknown()), totalCount: z.int().min(0) })

export type Ip = z.output<typeof ipAnswer>
export type Server = z.output<typeof serverAnswer>

function unitsOf(
  publicIps: readonly { readonly address: string; readonly netmask: string }[] | undefined,
): string[] | undefined {
  const units = publicIps?.map(({ address, netmask }) => canonicalUnit(`${address}/${netmask}`))
  return units?.every((unit) => unit !== undefined) === true ? units : undefined
}
