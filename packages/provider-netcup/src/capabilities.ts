import type { Capabilities } from '@failover-ip/provider'

/**
 * netcup's REST API. The windows are those of its description of 2026-07; that they count per account is an assumption,
 * and safe if they count per address. How long a read may show the state before a change is not known: a minute covers a
 * change whose task was never heard of.
 */
export const restCapabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32, ipv6: 64 },
  locationRule: { location: 'site' },
  slotsPerServer: null,
  move: 'direct',
  release: false,
  asynchronous: true,
  eventualReadSeconds: 60,
  coolDownSeconds: 0,
  accountWindows: [
    { mutations: 10, seconds: 300 },
    { mutations: 20, seconds: 3600 },
  ],
  node: 'candidates',
  announce: false,
  ipMode: 'VIP',
}

/** netcup's help page says five minutes; a script of its users measured a second more. */
export const soapCoolDownSeconds: number = 301

/**
 * The older SOAP service: each address once in its cool-down. It names no sites, and lists an address only with the server
 * that has it.
 */
export const soapCapabilities: Capabilities = {
  ...restCapabilities,
  locationRule: null,
  seesFreeUnits: false,
  release: true,
  asynchronous: false,
  coolDownSeconds: soapCoolDownSeconds,
  accountWindows: [],
}
