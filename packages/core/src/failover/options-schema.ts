import type { Clock, ConfiguredProvider } from '@failover-ip/provider'
import { z } from 'zod'
import type { NodePreference, SpreadRule } from '../domain/failover-ip.ts'
import type { Prober } from '../ports/prober.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { FailoverIPDefinition, FailoverNode, FailoverOptions, FailoverPorts } from './failover-options.ts'

const day = 86_400_000
/** As in Kubernetes. */
const mostAddresses = 16
const mostPreferences = 16

/** Fields of these names and no others; one that is given as undefined counts as not given. */
function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodPreprocess<z.ZodObject<Shape, z.core.$strict>> {
  return z.preprocess(withoutUndefined, z.strictObject(shape))
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
}

/** Something of the caller's, which is taken as it is. */
function port<Port extends object>(what: string, methods: readonly (keyof Port & string)[]): z.ZodType<Port> {
  const hasAll = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof Reflect.get(value, name) === 'function')
  return z.custom<Port>(hasAll, {
    error: ({ input }) => (input === undefined ? `is missing: pass ${what}` : `must be ${what}`),
  })
}

function fn<Value>(): z.ZodType<Value> {
  return z.custom<Value>((value) => typeof value === 'function', 'must be a function')
}

function whole(least: number, most: number, why = ''): z.ZodType<number> {
  const range = least === most ? `${least}` : `a whole number from ${least} to ${most}`
  return z.number().refine((value) => Number.isInteger(value) && value >= least && value <= most, {
    error: `must be ${range}${why}`,
  })
}

const labels = z.record(z.string(), z.string())
const delay = whole(0, 365 * day)

const node: z.ZodType<FailoverNode> = strict({
  name: z.string(),
  providerID: z.string(),
  probe: z.string(),
  labels: z.exactOptional(labels),
})

const nodePreference: z.ZodType<NodePreference> = strict({ weight: whole(1, 100), nodeSelector: labels })

const limit = z.int().min(1, 'must be 1 or more')

const spread: z.ZodType<SpreadRule> = strict({
  group: z.string().min(1, 'is empty'),
  maxPerNode: z.exactOptional(limit),
  maxPerZone: z.exactOptional(limit),
})

/** The same limits as in a FailoverIP's schema: whoever writes no TypeScript should learn of a mistake as early. */
const failoverIP: z.ZodType<FailoverIPDefinition> = strict({
  name: z.string(),
  addresses: z.array(z.string()).min(1, 'is empty').max(mostAddresses, `has more than ${mostAddresses}`),
  nodeSelector: z.exactOptional(labels),
  priority: z.exactOptional(z.int()),
  nodePreferences: z.exactOptional(z.array(nodePreference).max(mostPreferences, `has more than ${mostPreferences}`)),
  spread: z.exactOptional(spread),
  deletionPolicy: z.exactOptional(z.enum(['Retain', 'Release'])),
  maintenance: z.exactOptional(
    strict({ onCordon: z.exactOptional(z.enum(['Move', 'Ignore'])), delay: z.exactOptional(delay) }),
  ),
  failback: z.exactOptional(
    strict({ mode: z.exactOptional(z.enum(['Never', 'Delayed', 'Always'])), delay: z.exactOptional(delay) }),
  ),
  foreignHolder: z.exactOptional(z.enum(['Refuse', 'TakeOver'])),
  onDrift: z.exactOptional(z.enum(['Adopt', 'Revert'])),
  detection: z.exactOptional(
    strict({
      interval: z.exactOptional(whole(50, 60_000)),
      misses: z.exactOptional(whole(1, 100)),
      witnesses: z.exactOptional(whole(0, 0, ': there are no witnesses without Kubernetes')),
    }),
  ),
  paused: z.exactOptional(z.boolean()),
})

const ports: z.ZodType<FailoverPorts> = strict({
  clock: port<Clock>('a clock, like systemClock() of @failover-ip/runtime', ['now', 'monotonic', 'sleep']),
  prober: port<Prober>('a prober, like tcpProber() of @failover-ip/runtime', [
    'watch',
    'listen',
    'probe',
    'askWitnesses',
  ]),
  store: port<StateStore>('a store, like fileStore(path) of @failover-ip/runtime', ['load', 'save']),
  fetch: z.exactOptional(fn<typeof globalThis.fetch>()),
  random: z.exactOptional(fn<() => number>()),
})

/** The form of what `createFailover` is given. How its parts relate is another matter: see `configurationProblems`. */
export const optionsSchema: z.ZodType<FailoverOptions> = strict({
  provider: port<ConfiguredProvider>('an account at a provider, like createScaleway(...) gives', ['open']),
  nodes: z.array(node).min(1, 'is empty: name at least one node'),
  failoverIPs: z.array(failoverIP).min(1, 'is empty: name at least one'),
  ports,
  dryRun: z.exactOptional(z.boolean()),
})

export const runSchema: z.ZodType<{ readonly signal: AbortSignal }> = strict({
  signal: port<AbortSignal>('an AbortSignal', ['addEventListener', 'throwIfAborted']),
})
