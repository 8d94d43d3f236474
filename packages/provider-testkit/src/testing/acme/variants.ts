import type { Capabilities } from '@failover-ip/provider'

/** What a manifest can say, in three ways that contradict each other wherever they can; and all of them Scaleway's. */
export const acmeVariants = {
  still: {
    unitPrefixLength: { ipv4: 32 },
    locationRule: null,
    slotsPerServer: null,
    move: 'direct',
    release: false,
    asynchronous: false,
    eventualReadSeconds: 0,
    coolDownSeconds: 0,
    accountWindows: [],
    node: 'none',
    announce: false,
    ipMode: 'Proxy',
  },
  strict: {
    unitPrefixLength: { ipv4: 32, ipv6: 64 },
    locationRule: null,
    slotsPerServer: 3,
    move: 'releaseFirst',
    release: true,
    asynchronous: false,
    eventualReadSeconds: 0,
    coolDownSeconds: 0,
    accountWindows: [],
    node: 'holder',
    announce: true,
    ipMode: 'VIP',
  },
  jobs: {
    unitPrefixLength: { ipv4: 32, ipv6: 64 },
    locationRule: { location: 'region' },
    slotsPerServer: 2,
    oneChangePerServer: true,
    move: 'direct',
    release: true,
    asynchronous: true,
    eventualReadSeconds: 3,
    coolDownSeconds: 60,
    accountWindows: [
      { mutations: 10, seconds: 300 },
      { mutations: 20, seconds: 3600 },
    ],
    node: 'candidates',
    announce: false,
    ipMode: 'VIP',
  },
} as const satisfies Readonly<Record<string, Capabilities>>

export type AcmeVariant = keyof typeof acmeVariants
