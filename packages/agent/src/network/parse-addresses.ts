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
    addresses: devices.flatMap(({ ifname, addr_info }) => {
      const entries = addr_info.flatMap((entry) => addressShape.safeParse(entry).data ?? [])
      return entries.map((entry) => ({
        device: ifname,
        address: entry.local,
        prefixLength: entry.prefixlen,
        scope: entry.scope,
        ours: isOurs(entry),
        settled: entry.family === 'inet' ? !isFirst(entry, entries) : isQuiet(entry),
      }))
    }),
  }
}

type Entry = z.infer<typeof addressShape>

const isOurs = ({ metric }: Entry): boolean => metric === addressMetric

const isQuiet = ({ nodad = false, deprecated = false, dadfailed = false }: Entry): boolean =>
  nodad && deprecated && !dadfailed

/**
 * The kernel speaks as the first IPv4 address of a device. Ours is added after the node's own, and comes before it when
 * that is removed and added, as by a DHCP client.
 */
function isFirst(entry: Entry, entries: readonly Entry[]): boolean {
  const ofFamily = entries.filter(({ family, scope }) => family === 'inet' && scope === 'global')
  const stranger = ofFamily.findIndex((other) => !isOurs(other))
  return isOurs(entry) && stranger > ofFamily.indexOf(entry) && ofFamily.includes(entry)
}
