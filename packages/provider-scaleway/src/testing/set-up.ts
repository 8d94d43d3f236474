import type { NodeFacts, Routing } from '@failover-ip/provider'
import { createScalewayEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator, ScalewayEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'
import { createScaleway } from '../scaleway.ts'
import type { ScalewaySettings } from '../scaleway.ts'

export interface Setup {
  readonly cloud: ScalewayEmulator
  readonly clock: VirtualClock
  readonly routing: Routing
  readonly signal: AbortSignal
  /** What the provider has warned of. */
  readonly warnings: readonly string[]
  /** Lets time pass until the call is over. */
  run<Value>(promise: Promise<Value>): Promise<Value>
  /** The error that the call ends with. */
  fail(promise: Promise<unknown>): Promise<unknown>
}

export interface SetupOptions extends Partial<ScalewayEmulatorOptions> {
  /** Changes the body of an answer. */
  readonly edit?: (body: string, request: Request) => string
}

/** An account at an emulated cloud, in virtual time. */
export function setUp({ edit, ...options }: SetupOptions = {}, settings: Partial<ScalewaySettings> = {}): Setup {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, ...options })
  const { accessKey, secretKey, project } = cloud.account
  const account = createScaleway({ accessKey, secretKey, projectId: project, ...settings })
  const warnings: string[] = []
  const edited: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const response = await cloud.fetch(request.clone())
    const body = await response.text()
    return new Response(edit?.(body, request) ?? body, response)
  }
  const fetch = edit === undefined ? cloud.fetch : edited
  return {
    cloud,
    clock,
    warnings,
    routing: account.open({ fetch, clock, userAgent: 'failover-ip/test', warn: (text) => void warnings.push(text) }),
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

export const v6 = '2001:bc8:710:3c3b::/64'
