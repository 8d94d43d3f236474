import {
  ProviderError,
  type CallOptions,
  type Capabilities,
  type MutationResult,
  type Routing,
} from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import type { Account, SentChange } from '../../domain/account.ts'
import type { FailoverIPStatus } from '../../domain/failover-ip.ts'
import type { FailoverIPInput } from '../../domain/failover-ip-input.ts'
import type { NodeState } from '../../domain/node.ts'
import { account, failoverIP, serverOf } from '../../plan/testing/situation.ts'
import { noProber, type Prober } from '../../ports/prober.ts'
import type { StatusStore, StoreResult } from '../../ports/status-store.ts'
import { createEngine } from '../create-engine.ts'
import type { Engine, EngineOptions } from '../engine-options.ts'
import type { FailoverEvent } from '../failover-event.ts'

export interface SmallWorldOptions extends Partial<EngineOptions> {
  readonly failoverIPs?: readonly FailoverIPInput[]
  readonly nodes?: readonly NodeState[]
  readonly capabilities?: Partial<Capabilities>
  /** Of its account. */
  readonly owner?: string
  /** Instead of what the cloud would do. */
  readonly routing?: Partial<Routing>
  /** Instead of storing. */
  readonly save?: (key: string, status: FailoverIPStatus) => Promise<StoreResult>
  /** Instead of noting a change with the account. */
  readonly noteOperation?: () => Promise<StoreResult>
  /** Whether a finalizer may go. */
  readonly unprotect?: () => StoreResult
  readonly routedTo?: Readonly<Record<string, string>>
}

/** An engine with a cloud and a store of a few lines, in virtual time. Each call takes 20 ms. */
export interface SmallWorld {
  readonly clock: VirtualClock
  readonly engine: Engine
  readonly events: FailoverEvent[]
  readonly troubles: unknown[]
  /** Where units are, by unit: a server's identifier. */
  readonly routes: Map<string, string>
  /** How often each call was made; `turn` counts the engine's turns. */
  count(call: string): number
  readonly sent: readonly string[]
  status(key?: string): FailoverIPStatus
  update(change: (failoverIP: FailoverIPInput) => FailoverIPInput): void
  setNodes(nodes: readonly NodeState[]): void
  readonly account: Account
  addAccount(account: Account): void
  add(...failoverIPs: readonly FailoverIPInput[]): void
  remove(key: string): void
  run(): { readonly ended: Promise<void>; readonly stop: () => void }
}

export const latency = 20

export function nodeState(name: string, change: Partial<NodeState> = {}): NodeState {
  return {
    facts: { name, addresses: [], labels: {}, annotations: {} },
    uid: `uid-${name}`,
    unschedulable: false,
    taints: [],
    networkUnavailable: false,
    deleting: false,
    ready: 'True',
    ...change,
  }
}

export function createSmallWorld(options: SmallWorldOptions = {}): SmallWorld {
  const clock = createVirtualClock()
  const counts = new Map<string, number>()
  const sent: string[] = []
  const events: FailoverEvent[] = []
  const troubles: unknown[] = []
  const routes = new Map(Object.entries(options.routedTo ?? {}).map(([unit, node]) => [unit, serverOf(node).id]))
  const counted = (call: string): void => void counts.set(call, (counts.get(call) ?? 0) + 1)
  let failoverIPs = options.failoverIPs ?? [failoverIP()]
  let nodes = options.nodes ?? ['a', 'b', 'c'].map((name) => nodeState(name))
  let recentOperations: readonly SentChange[] = []

  const cloud = createCloud(routes, clock)
  const overridden: Routing = { ...cloud, ...options.routing }
  const routing: Routing = {
    ...overridden,
    observe: (units, call) => (counted('observe'), overridden.observe(units, call)),
    resolve: (asked, call) => (counted('resolve'), overridden.resolve(asked, call)),
    assign: (unit, server, call) => {
      counted('assign')
      sent.push(`${unit} -> ${server.id}`)
      return overridden.assign(unit, server, call)
    },
    poll: (operation, call) => (counted('poll'), overridden.poll(operation, call)),
    release: (unit, server, call) => (counted('release'), overridden.release(unit, server, call)),
  }
  const { owner } = options
  const theAccount = { ...account(options.capabilities), routing, ...(owner === undefined ? {} : { owner }) }
  let others: readonly Account[] = []
  const refresh = (): void =>
    engine.update({ nodes, failoverIPs, accounts: [{ ...theAccount, recentOperations }, ...others] })
  const replace = (key: string, change: (one: FailoverIPInput) => FailoverIPInput): StoreResult => {
    failoverIPs = failoverIPs.map((one) => (one.key === key ? change(one) : one))
    refresh()
    return 'written'
  }
  const keep = async (key: string, status: FailoverIPStatus): Promise<StoreResult> => {
    await clock.sleep(latency)
    return replace(key, (one) => ({ ...one, status }))
  }
  const store: StatusStore = {
    save: ({ key }, status) => (counted('save'), (options.save ?? keep)(key, status)),
    protect: async ({ key }) => replace(key, (one) => ({ ...one, protected: true })),
    unprotect: async ({ key }) => {
      counted('unprotect')
      const result = options.unprotect?.() ?? 'written'
      if (result !== 'written') return result
      return replace(key, (one) => ({ ...one, protected: false }))
    },
    noteOperation: async (_account, change) => {
      counted('note')
      if (options.noteOperation !== undefined) return options.noteOperation()
      recentOperations = [...recentOperations, change]
      refresh()
      return 'written'
    },
  }
  const prober: Prober = { ...noProber, watch: () => counted('turn') }
  const engine = createEngine({
    clock,
    random: () => 0.5,
    prober,
    store,
    authority: { mayAct: () => true },
    onEvent: (event) => void events.push(event),
    onTrouble: (error) => void troubles.push(error),
    ...options,
  })
  refresh()
  return {
    clock,
    engine,
    events,
    troubles,
    routes,
    sent,
    count: (call) => counts.get(call) ?? 0,
    status: (key) => failoverIPs.find((one) => key === undefined || one.key === key)?.status ?? {},
    update: (change) => {
      failoverIPs = failoverIPs.map(change)
      refresh()
    },
    setNodes: (next) => {
      nodes = next
      refresh()
    },
    account: theAccount,
    add: (...more) => {
      failoverIPs = [...failoverIPs, ...more]
      refresh()
    },
    remove: (key) => {
      failoverIPs = failoverIPs.filter((one) => one.key !== key)
      refresh()
    },
    addAccount: (more) => {
      others = [...others, more]
      refresh()
    },
    run: () => {
      const stopping = new AbortController()
      return { ended: engine.run({ signal: stopping.signal }), stop: () => stopping.abort(new Error('enough')) }
    },
  }
}

function createCloud(routes: Map<string, string>, clock: VirtualClock): Routing {
  const done = async ({ signal }: CallOptions): Promise<MutationResult> => {
    await clock.sleep(latency, { signal })
    return { status: 'done' }
  }
  return {
    observe: async (units, { signal }) => {
      await clock.sleep(latency, { signal })
      return units.map((unit) => {
        const id = routes.get(unit)
        return {
          kind: 'found',
          unit,
          location: 'z',
          server: id === undefined ? null : { id, location: 'z' },
          inFlight: false,
          locked: false,
        }
      })
    },
    resolve: async (asked, { signal }) => {
      await clock.sleep(latency, { signal })
      return asked.map(({ name }) => ({ kind: 'matched', node: name, server: serverOf(name) }))
    },
    assign: (unit, server, call) => {
      routes.set(unit, server.id)
      return done(call)
    },
    release: (unit, _server, call) => {
      routes.delete(unit)
      return done(call)
    },
    poll: (_operation, call) => done(call),
    nodePlan: () => {
      throw new Error('nothing is configured here')
    },
  }
}

/** As a cloud that is away. */
export function refuse(
  code: ProviderError['code'],
  outcome: ProviderError['outcome'] = 'not-applied',
): () => Promise<never> {
  return () => Promise.reject(new ProviderError(code, `The cloud says ${code}.`, { outcome }))
}
