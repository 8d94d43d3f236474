import type { NodeFacts, Routing } from '@failover-ip/provider'
import { createDigitalOceanEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { DigitalOceanEmulator, DigitalOceanEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'
import { createDigitalOcean } from '../digitalocean.ts'
import type { DigitalOceanSettings } from '../digitalocean.ts'

export interface Setup {
  readonly cloud: DigitalOceanEmulator
  readonly clock: VirtualClock
  readonly routing: Routing
  readonly signal: AbortSignal
  /** Lets time pass until the call is over. */
  run<Value>(promise: Promise<Value>): Promise<Value>
  /** The error that the call ends with. */
  fail(promise: Promise<unknown>): Promise<unknown>
}

/** An account at an emulated cloud, in virtual time. */
export function setUp(
  options: Partial<DigitalOceanEmulatorOptions> = {},
  settings: Partial<DigitalOceanSettings> = {},
): Setup {
  const clock = createVirtualClock()
  const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, ...options })
  const account = createDigitalOcean({ token: cloud.account.token, ...settings })
  return {
    cloud,
    clock,
    routing: account.open({ fetch: cloud.fetch, clock, userAgent: 'failover-ip/test' }),
    signal: new AbortController().signal,
    run: (promise) => clock.advanceUntil(promise),
    fail: (promise) =>
      clock.advanceUntil(
        promise.then(
          () => Promise.reject(new Error('it did not fail')),
          (error: unknown) => error,
        ),
      ),
  }
}

export function nodeOf(name: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return { name, addresses: [], labels: {}, annotations: {}, ...more }
}

export const v6 = '2409:40d0:f7:1017:74b4:3a96:105e:4c6e/128'
