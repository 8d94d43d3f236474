import type { StandardSchema } from '@failover-ip/provider'
import { canonicalUnit } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** A reserved address of the account. */
export interface ReservedAddress {
  readonly unit: string
  readonly region: string
  /** Identifier of the Droplet that has it. */
  readonly droplet: string | null
  /** An action is under way. IPv6 addresses never say so. */
  readonly locked: boolean
  /** `undefined` for IPv6 addresses, which do not name it. */
  readonly project: string | undefined
}

export interface Droplet {
  readonly id: string
  readonly region: string
  /** Any text: `new`, `active`, `off` and `archive` are documented. */
  readonly status: string
  /** In canonical form, reserved ones included. */
  readonly addresses: readonly string[]
}

export interface Action {
  readonly id: number
  readonly status: 'in-progress' | 'completed' | 'errored'
}

const dropletId = z
  .int()
  .positive()
  .transform((id) => String(id))
const region = z.object({ slug: z.string().min(1) })

export const addressAnswer: StandardSchema<unknown, ReservedAddress> = z
  .object({
    ip: z.string(),
    region: region.optional(),
    region_slug: z.string().min(1).optional(),
    droplet: z.object({ id: dropletId }).nullish(),
    locked: z.boolean().default(false),
    project_id: z.string().nullish(),
  })
  .transform(({ ip, droplet, locked, project_id: project, ...place }, context) => {
    const unit = ip.includes('/') ? undefined : canonicalUnit(ip)
    const slug = place.region?.slug ?? place.region_slug
    if (unit === undefined) context.addIssue({ code: 'custom', message: 'has no address' })
    if (slug === undefined) context.addIssue({ code: 'custom', message: 'has no region' })
    return {
      unit: unit ?? '',
      region: slug ?? '',
      droplet: droplet?.id ?? null,
      locked,
      project: project?.toLowerCase() ?? undefined,
    }
  })

const network = z.object({ ip_address: z.string() })

export const dropletAnswer: StandardSchema<unknown, Droplet> = z
  .object({
    id: dropletId,
    status: z.string(),
    region,
    networks: z.object({ v4: z.array(network).default([]), v6: z.array(network).default([]) }),
  })
  .transform(({ id, status, region: { slug }, networks }) => ({
    id,
    status,
    region: slug,
    addresses: [...networks.v4, ...networks.v6].flatMap(({ ip_address: text }) => hostOf(text) ?? []),
  }))

export const actionAnswer: z.ZodType<Action> = z.object({
  id: z.int().positive(),
  status: z.enum(['in-progress', 'completed', 'errored']),
})

/** An address in canonical form. */
export function hostOf(text: string): string | undefined {
  return canonicalUnit(text)?.split('/')[0]
}
