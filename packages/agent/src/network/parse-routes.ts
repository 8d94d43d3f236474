import { z } from 'zod'
import { canonicalNetwork, type Family } from './address-text.ts'
import type { Route } from './network-state.ts'
import { routeProtocol } from './our-mark.ts'

const hopShape = z.object({ dev: z.string() })
const routeShape = z.object({
  dst: z.string(),
  /** Absent for an ordinary route. */
  type: z.string().optional(),
  dev: z.string().optional(),
  gateway: z.string().optional(),
  metric: z.number().default(0),
  protocol: z.string().optional(),
  nexthops: z.array(z.unknown()).default([]),
})

function parse(answer: unknown): readonly z.infer<typeof routeShape>[] {
  return z
    .array(z.unknown())
    .parse(answer)
    .flatMap((route) => routeShape.safeParse(route).data ?? [])
    .filter(({ type = 'unicast' }) => type === 'unicast')
}

/** The device of the best of the routes that `ip -json route show default` answers with, ours left out. */
export function parseDefaultDevice(answer: unknown): string | undefined {
  const [best] = parse(answer)
    .filter(({ protocol }) => protocol !== routeProtocol)
    .toSorted((a, b) => a.metric - b.metric)
  if (best === undefined) return undefined
  return best.dev ?? best.nexthops.flatMap((hop) => hopShape.safeParse(hop).data?.dev ?? [])[0]
}

/** The routes by a device that `ip -json route show` answers with for a family. */
export function parseRoutes(answer: unknown, family: Family): readonly Route[] {
  return parse(answer).flatMap(({ dst, dev, gateway }) => {
    const destination = dst === 'default' ? everything[family] : canonicalNetwork(dst)
    if (destination === undefined || dev === undefined) return []
    return { destination, device: dev, ...(gateway === undefined ? {} : { via: gateway }) }
  })
}

const everything = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const
