import type { CallOptions } from '@failover-ip/provider'
import { createJsonClient } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { Account } from './instance-api.ts'

export interface ReverseName {
  readonly address: string
  readonly hostname: string
}

export interface IpamReference {
  readonly zone: string
  readonly ipamId: string
  /** For messages. */
  readonly unit: string
}

/** What is needed of the IPAM API: the names in a prefix. Its shapes are those of `@scaleway/sdk-ipam` 1.5. */
export interface IpamApi {
  reverseNames(reference: IpamReference, call: CallOptions): Promise<readonly ReverseName[]>
  /** Replaces all of them. */
  setReverseNames(
    reference: IpamReference & { readonly reverses: readonly ReverseName[] },
    call: CallOptions,
  ): Promise<void>
}

const named = z.object({
  reverses: z
    .array(z.object({ address: z.string(), hostname: z.string() }))
    .nullish()
    .transform((names) => names ?? []),
})

const text = z.string().catch('')
const refused = z
  .object({ message: text, details: z.array(z.object({ help_message: text })).catch([]) })
  .catch({ message: '', details: [] })
  .transform(({ message, details }) => [message, ...details.map(({ help_message: help }) => help)])

export function createIpamApi({ apiUrl, secretKey, fetch, clock, userAgent }: Account): IpamApi {
  const send = createJsonClient({
    cloud: 'Scaleway',
    apiUrl,
    fetch,
    clock,
    userAgent,
    headers: { 'x-auth-token': secretKey },
    secrets: [secretKey],
    readError: ({ json }) => ({
      message: refused
        .parse(json)
        .filter((words) => words !== '')
        .join(': '),
    }),
  })
  return {
    reverseNames: async (reference, call) => {
      const action = `reading the names of ${reference.unit}`
      const { value } = await send({ method: 'GET', path: pathOf(reference), schema: named, action }, call)
      return value.reverses
    },
    setReverseNames: async ({ reverses, ...reference }, call) => {
      const action = `naming addresses of ${reference.unit}`
      await send({ method: 'PATCH', path: pathOf(reference), body: { reverses }, schema: named, action }, call)
    },
  }
}

/** IPAM is regional: `fr-par` of `fr-par-1`. */
function pathOf({ zone, ipamId }: IpamReference): string {
  return `/ipam/v1/regions/${zone.replace(/-\d+$/, '')}/ips/${encodeURIComponent(ipamId)}`
}
