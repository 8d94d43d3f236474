import type { FailoverIPInput, FailoverIPStatus } from '@failover-ip/core'
import type { ScalewayEmulator } from '@failover-ip/provider-testkit'
import { defaultPolicy } from './world-options.ts'
import type { FailoverIPOptions } from './world-options.ts'

/** Scaleway's units: an IPv4 address alone, an IPv6 prefix of 64 bits. */
export function unitOf(address: string): string {
  return address.includes(':') ? `${address.slice(0, address.lastIndexOf('::'))}::/64` : `${address}/32`
}

/** A new one with its addresses, which the cloud gets as well, attached nowhere. */
export function createFailoverIP(
  cloud: ScalewayEmulator,
  createdAt: number,
  { name, families = ['ipv4', 'ipv6'], priority = 0, policy = {}, nodePreferences = [], spread }: FailoverIPOptions,
): FailoverIPInput {
  const addresses = families.map((family) => {
    const prefix = `2001:bc8:710:${(cloud.snapshot().ips.length + 1).toString(16)}::`
    const { unit } = cloud.addIp(family === 'ipv4' ? {} : { unit: `${prefix}/64` })
    return family === 'ipv4' ? unit.slice(0, -3) : `${prefix}1`
  })
  return {
    key: `default/${name}`,
    uid: `uid-${name}`,
    generation: 1,
    createdAt,
    addresses,
    account: 'scaleway',
    policy: { ...defaultPolicy, ...policy },
    nodeSelector: {},
    tolerations: [],
    priority,
    nodePreferences,
    ...(spread === undefined ? {} : { spread }),
    deleting: false,
    protected: false,
    abandoned: false,
    status: {},
  }
}

/** One line for the trace. */
export function describeStatus({ node, addresses = [], conditions = [] }: FailoverIPStatus): string {
  const ready = conditions.find(({ type }) => type === 'Ready')
  const units = addresses.map(({ unit, epoch, node: at, operation }) => {
    const open = operation === undefined ? '' : ` ${operation.kind} ${operation.epoch} to ${operation.toNode ?? '-'}`
    return `${unit}@${at ?? '-'}/${epoch}${open}`
  })
  return `${node ?? '-'} ${ready?.status ?? '-'} ${ready?.reason ?? '-'} [${units.join(', ')}]`
}
