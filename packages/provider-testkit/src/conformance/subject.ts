import { configureProvider, parseSettings } from '@failover-ip/provider'
import type {
  Capabilities,
  MutationResult,
  Provider,
  ProviderError,
  ProviderErrorCode,
  Routing,
  StandardSchema,
} from '@failover-ip/provider'
import { isProviderError } from '@failover-ip/provider'
import { expect } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { MakeTestCloud, TestCloud } from './test-cloud.ts'

/** Puts something around the routing under test, like the engine's decorators. */
export type Wrap = (
  routing: Routing,
  context: { readonly clock: VirtualClock; readonly capabilities: Capabilities; readonly name: string },
) => Routing

export interface SubjectOptions {
  readonly cloud: MakeTestCloud
  readonly wrap?: Wrap
}

/** One provider with one account at one cloud, in virtual time. */
export interface Subject {
  readonly cloud: TestCloud
  readonly clock: VirtualClock
  readonly capabilities: Capabilities
  readonly routing: Routing
  readonly signal: AbortSignal
  /** The families that the provider supports. */
  readonly families: readonly ('ipv4' | 'ipv6')[]
  /** Another process with the same account, or with other credentials. */
  open(credentials?: Readonly<Record<string, string>>): Promise<Routing>
  /** Lets time pass until the call is over. */
  run<Value>(promise: Promise<Value>): Promise<Value>
  /** The error that the call ends with, which is checked to be one that a provider may show. */
  fail(promise: Promise<unknown>): Promise<ProviderError>
  /** Follows a mutation to its end, polling once a second. `by`: another process. */
  finish(mutation: Promise<MutationResult>, by?: Routing): Promise<void>
  /** Lets the time pass that the manifest demands between two mutations. */
  rest(): Promise<void>
  /** What the provider has sent so far: method, address and body in one line. */
  readonly sent: readonly string[]
}

const mostPolls = 600

export async function createSubject<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  { cloud: makeCloud, wrap = (routing) => routing }: SubjectOptions,
): Promise<Subject> {
  const clock = createVirtualClock()
  const cloud = makeCloud({ clock })
  const { capabilities, name } = provider
  const signal = new AbortController().signal
  const sent: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const index = sent.push(`${request.method} ${request.url}`) - 1
    const body = await request.clone().text()
    if (body !== '') sent[index] += ` ${body}`
    return cloud.fetch(request)
  }
  const open: Subject['open'] = async (credentials = cloud.credentials) => {
    const account = configureProvider(provider, {
      parameters: await settings(provider.parameters, cloud.parameters),
      credentials: await settings(provider.credentials, credentials),
    })
    const routing = account.open({ fetch, clock, userAgent: 'failover-ip/conformance' })
    return wrap(routing, { clock, capabilities, name })
  }
  const routing = await open()
  const { coolDownSeconds, accountWindows } = capabilities
  const pace = Math.max(coolDownSeconds, ...accountWindows.map(({ mutations, seconds }) => seconds / mutations))
  const run: Subject['run'] = (promise) => clock.advanceUntil(promise)
  return {
    cloud,
    clock,
    capabilities,
    routing,
    signal,
    families: (['ipv4', 'ipv6'] as const).filter((family) => capabilities.unitPrefixLength[family] !== undefined),
    open,
    run,
    fail: async (promise) => {
      const outcome = await run(promise.then(succeeded, (error: unknown) => ({ error })))
      if (!('error' in outcome)) return expect.fail('the call was to fail and did not')
      const { error } = outcome
      if (!isProviderError(error))
        return expect.fail(`methods reject with ProviderError alone, not with ${String(error)}`)
      expectNoSecrets(error, cloud)
      expect(errorCodes).toContain(error.code)
      expect(error.retryAfterSeconds ?? 0, 'seconds to wait are a number').toSatisfy(isWait)
      return error
    },
    finish: async (mutation, by = routing) => {
      let result = await run(mutation)
      for (let polls = 0; result.status === 'pending'; polls++) {
        if (polls >= mostPolls) expect.fail(`still pending after ${mostPolls} polls`)
        await clock.advance(1_000)
        result = await run(by.poll(result.operation, { signal }))
      }
    },
    rest: () => clock.advance(pace * 1000),
    sent,
  }
}

const errorCodes: readonly ProviderErrorCode[] = [
  'NotFound',
  'Conflict',
  'Busy',
  'RateLimited',
  'Denied',
  'Unsupported',
  'Invalid',
  'Transient',
]

function isWait(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= 0
}

function succeeded(): object {
  return {}
}

async function settings<Value>(
  schema: StandardSchema<unknown, Value>,
  value: Readonly<Record<string, unknown>>,
): Promise<Value> {
  const parsed = await parseSettings(schema, value)
  return parsed.ok ? parsed.value : expect.fail(`the test cloud's settings are refused: ${parsed.problems.join('; ')}`)
}

/** No credential may appear in an error, its stack, its properties or its causes. */
export function expectNoSecrets(error: unknown, { credentials, wrongCredentials }: TestCloud): void {
  const secrets = [...Object.values(credentials), ...Object.values(wrongCredentials)].filter(({ length }) => length > 7)
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    const text = `${at.message}\n${at.stack}\n${JSON.stringify(at)}`
    for (const secret of secrets) {
      if (text.includes(secret)) expect.fail(`an error repeats a credential: ${text.replaceAll(secret, '***')}`)
    }
  }
}
