import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { ScalewayCloud, ScalewayIp } from './cloud.ts'
import { scalewayErrors } from './errors.ts'
import type { ScalewaySwitches } from './switches.ts'

/** Host names by address, by the identifier of the unit that the address lies in. */
export type Reverses = Map<string, ReadonlyMap<string, string>>

const path = /^\/ipam\/v1\/regions\/([a-z]{2}-[a-z]{3})\/ips\/([^/]+)$/
const update = z.object({ reverses: z.array(z.object({ hostname: z.string(), address: z.string() })) })

/** Under which IPAM knows what the Instance API knows by another identifier. */
export function scalewayIpamId(id: string): string {
  return id.replace(/^./, 'a')
}

/** What the IPAM API answers of one address or prefix, as far as names go. `undefined`: the path is not of this API. */
export function answerIpamApi(
  {
    cloud,
    reverses,
    switches,
  }: { readonly cloud: ScalewayCloud; readonly reverses: Reverses; readonly switches: ScalewaySwitches },
  { method, url, body }: EmulatedRequest,
): EmulatedAnswer | undefined {
  const [, region, id] = path.exec(url.pathname) ?? []
  if (region === undefined || id === undefined) return undefined
  const ip = [...cloud.units.values()].find((one) => scalewayIpamId(one.id) === id)
  if (ip === undefined || !ip.location.startsWith(region)) return scalewayErrors.notFound('ipam_ip', id)
  if (method === 'GET') return { status: 200, body: ipamBody(ip, region, reverses) }
  if (method !== 'PATCH') return { status: 405, body: { type: 'method_not_allowed', message: 'method not allowed' } }
  const parsed = update.safeParse(jsonOf(body))
  if (!parsed.success) return scalewayErrors.invalidArgument('reverses', 'must be a list')
  if (switches.nameRefused && parsed.data.reverses.length > 0) return scalewayErrors.nameRefused('reverses')
  reverses.set(ip.id, new Map(parsed.data.reverses.map(({ address, hostname }) => [address, hostname])))
  return { status: 200, body: ipamBody(ip, region, reverses), effect: `named addresses of ${ip.unit}` }
}

function ipamBody({ id, unit, location, project }: ScalewayIp, region: string, reverses: Reverses): object {
  return {
    id: scalewayIpamId(id),
    address: unit,
    project_id: project,
    is_ipv6: unit.includes(':'),
    created_at: '2026-01-01T00:00:00.000000Z',
    updated_at: '2026-01-01T00:00:00.000000Z',
    source: { zonal: location },
    resource: { type: 'instance_ip', id, mac_address: null, name: null },
    tags: [],
    reverses: [...(reverses.get(id) ?? [])].map(([address, hostname]) => ({ hostname, address })),
    region,
    zone: location,
  }
}
