import { ports, type Target } from './workload.ts'

/** A target and the family of the address: `local4` is the Service with externalTrafficPolicy Local at the IPv4 one. */
export type TargetName = `${Target}${4 | 6}`

/** Each at both failover addresses, as `startTraffic` takes them. */
export function targetsOf(kinds: readonly Target[], ipv4: string, ipv6: string): Readonly<Record<string, string>> {
  const both = kinds.flatMap((kind): [TargetName, string][] => [
    [`${kind}4`, `${ipv4}:${ports[kind]}`],
    [`${kind}6`, `[${ipv6}]:${ports[kind]}`],
  ])
  return Object.fromEntries(both)
}
