import type { ServerReference } from '@failover-ip/provider'
import type { Subject } from './subject.ts'
import type { TestServer } from './test-cloud.ts'

/** Two servers in one place and a unit for them: what most tests begin with. */
export interface Scene {
  readonly unit: string
  readonly from: ServerReference
  readonly to: ServerReference
  readonly servers: readonly [TestServer, TestServer]
}

/** `held`: the unit is with `from`. */
export function createScene(
  { cloud, families }: Subject,
  options: { readonly held: boolean; readonly family?: 'ipv4' | 'ipv6' },
): Scene {
  const [location] = cloud.locations
  const servers = [cloud.addServer(location), cloud.addServer(location)] as const
  const unit = cloud.addUnit(options.family ?? families[0] ?? 'ipv4', location)
  const [{ server: from }, { server: to }] = servers
  if (options.held) cloud.place(unit, from)
  return { unit, from, to, servers }
}
