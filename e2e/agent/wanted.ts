import type { WantedAddress } from '@failover-ip/agent'

export type Role = WantedAddress['role']

/** As clouds ask that route an address to the server. */
export function routed(address: string, role: Role, prefixLength?: number): WantedAddress {
  return {
    plan: {
      address,
      prefixLength: prefixLength ?? (address.includes(':') ? 128 : 32),
      device: { rule: 'defaultRoute', family: 'ipv4' },
      scope: 'global',
      routes: [],
      announce: 'none',
    },
    role,
  }
}

/** As a cloud asks that delivers packets for the address to the server's anchor, which path `/N` of the metadata tells. */
export function anchored(address: string, role: Role, path: number): WantedAddress {
  return {
    plan: {
      ...routed(address, role).plan,
      device: { rule: 'name', name: 'lo' },
      scope: address.includes(':') ? 'global' : 'host',
      translateFrom: { metadataUrl: `http://169.254.169.254/${path}` },
    },
    role,
  }
}
