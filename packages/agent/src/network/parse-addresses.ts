import { z } from 'zod'
import { addressMetric } from './our-mark.ts'
import type { CarriedAddress, Link } from './network-state.ts'

const addressShape = z.object({
  family: z.string(),
  local: z.string(),
  prefixlen: z.number(),
  scope: z.string(),
  metric: z.number().optional(),
  nodad: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  dadfailed: z.boolean().optional(),
})
/** The kernel allows signs in a name that mean something to the scripts of `ip` and `nft`; nobody uses them. */
const plainName = /^\w[\w.-]*$/
const linkShape = z.object({
  ifname: z.string().regex(plainName),
  link_type: z.string().optional(),
  address: z.string().optional(),
  master: z.string().optional(),
  addr_info: z.array(z.unknown()).default([]),
})

/** The answer of `ip -json address show`. What it names in a way we do not know is a stranger's and left out. */
export function parseAddresses(answer: unknown): { readonly links: Link[]; readonly addresses: CarriedAddress[] } {
  const devices = z
    .array(z.unknown())
    .parse(answer)
    .flatMap((device) => linkShape.safeParse(device).data ?? [])
  return {
    links: devices.map(({ ifname, link_type, address, master }) => ({
      name: ifname,
      ...(address === undefined || link_type === 'loopback' ? {} : { mac: address.toLowerCase() }),
      enslaved: master !== undefined,
    })),
    addresses: devices.flatMap(({ ifname, addr_info }) =>
      addr_info.flatMap((entry) => {
        const { data } = addressShape.safeParse(entry)
        if (data === undefined) return []
        return {
          device: ifname,
          address: data.local,
          prefixLength: data.prefixlen,
          scope: data.scope,
          ours: data.metric === addressMetric,
          settled: data.family === 'inet' || (isTrue(data.nodad) && isTrue(data.deprecated) && !isTrue(data.dadfailed)),
        }
      }),
    ),
  }
}

const isTrue = (flag: boolean | undefined): boolean => flag === true
