import type { AgentReport, FailoverIPSpec, Policy, ProviderCall } from '@failover-ip/core'
import {
  createReflector,
  failoverIPClassResource,
  failoverNodeResource,
  parseFailoverIPClass,
  serviceResource,
  type CacheEntry,
  type KubernetesObject,
  type KubernetesTransport,
  type ParsedFailoverIPClass,
  type ReflectorProblem,
  type ResourceType,
} from '@failover-ip/kubernetes'
import type { Clock, OpenContext, Provider } from '@failover-ip/provider'
import { createAccountBook, type AccountBook } from './accounts/account-book.ts'
import type { SaveSecret } from './accounts/save-secret.ts'
import { createCaches, nodeLeaseNamespace, type Caches } from './caches/caches.ts'
import { createChangeSignal } from './caches/change-signal.ts'
import type { ClassRecord } from './caches/class-record.ts'
import { failoverIPRecordOf, type FailoverIPRecord } from './caches/failover-ip-record.ts'
import { failoverNodeRecordOf } from './caches/failover-node-record.ts'
import { createOptionalCollection, type OptionalCollection } from './caches/optional-collection.ts'
import { createSecretWatches } from './caches/secret-watches.ts'
import type { ClusterView } from './inputs/engine-input.ts'
import { createLastGood } from './inputs/last-good.ts'
import { servedClasses } from './inputs/served-classes.ts'
import type { ServedClass } from './inputs/served-class.ts'
import { serviceRecordOf, type ServiceRecord } from './services/service-record.ts'
import { createOwnWrites, type OwnWrites } from './status/own-writes.ts'

/** What one process knows: the cluster as cached, and the accounts that its classes open. */
export interface ClusterKnowledge {
  readonly caches: Caches
  readonly ownWrites: OwnWrites<FailoverIPRecord>
  readonly accounts: AccountBook
  readonly services: OptionalCollection<ServiceRecord>
  classes(): readonly ClassRecord[]
  served(): ReadonlyMap<string, ServedClass>
  view(failoverIPs: readonly CacheEntry<FailoverIPRecord>[]): ClusterView
  /** What Kubernetes does not let us read any more, in sentences. */
  refusals(): readonly string[]
  noteCall(call: ProviderCall): void
  /** Told after each change, leases' renewals at most four times a second. Returns the way to stop it. */
  onChange(listener: () => void): () => void
  /** What is not known yet, in words; empty when all is. */
  readonly unsynced: () => readonly string[]
  readonly whenSynced: (signal: AbortSignal) => Promise<void>
  run(signal: AbortSignal): Promise<void>
}

export interface ClusterKnowledgeOptions {
  readonly provider: Provider
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly random: () => number
  readonly open: OpenContext
  readonly controllerName: string
  /** The operator's own. */
  readonly namespace: string
  readonly signal: AbortSignal
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
  readonly onTrouble: (error: unknown) => void
  readonly onSecret: (name: string, values: readonly string[]) => void
  readonly saveSecret: SaveSecret
}

/** Renewals of a hundred nodes come ten times a second; verdicts need them four times. */
const leaseInterval = 250

export function createClusterKnowledge(options: ClusterKnowledgeOptions): ClusterKnowledge {
  const { provider, transport, clock, random, onTrouble, signal: life } = options
  const refused = new Set<ReflectorProblem>()
  const telling = {
    onProblem: (problem: ReflectorProblem): void => {
      options.onProblem(problem)
      if (problem.code !== 'Forbidden' && problem.code !== 'Unauthorized') return
      refused.add(problem)
      emit()
    },
    onRecovered: (problem: ReflectorProblem): void => {
      options.onRecovered(problem)
      if (refused.delete(problem)) emit()
    },
  }
  const caches = createCaches({ ...options, ...telling })
  const ownWrites = createOwnWrites(caches.failoverIPs, clock, failoverIPRecordOf)
  const accounts = createAccountBook(options)
  const lastGoodClasses = createLastGood<ParsedFailoverIPClass>()
  const lastGoodSpecs = createLastGood<FailoverIPSpec>()
  const accountsChanged = createChangeSignal()
  const leasesChanged = createChangeSignal()
  const listeners = new Set<() => void>()
  const emit = (): void => {
    for (const listener of listeners) listener()
  }
  const optional = <T>(resource: ResourceType, select: (object: KubernetesObject) => T): OptionalCollection<T> => {
    const collection = createOptionalCollection({
      ...options,
      onChange: emit,
      create: (listeners) => createReflector({ transport, clock, random, ...listeners, resource, select }),
    })
    collection.reflector.subscribe(emit)
    return collection
  }
  const failoverNodes = optional(failoverNodeResource, failoverNodeRecordOf)
  const services = optional(serviceResource, serviceRecordOf)
  const agentOf = (node: string): AgentReport | undefined => {
    const problem = failoverNodes.problem()
    if (problem !== undefined) return { kind: 'unreadable', ...problem }
    const { state, cache } = failoverNodes.reflector
    return state.synced ? cache.get(node)?.value : { kind: 'unread' }
  }
  const secrets = createSecretWatches({ ...options, ...telling, onChange: accountsChanged.notify, signal: life })
  const defaultPolicy = defaultPolicyOf(options.controllerName)
  let served: ReadonlyMap<string, ServedClass> = new Map()
  let accountsRead = false

  const classes = (): readonly ClassRecord[] => [...caches.classes.cache.entries()].map(({ value }) => value)
  const secretNames = (): ReadonlySet<string> =>
    new Set([...served.values()].flatMap(({ value }) => value.spec.credentialsSecretRef?.name ?? []))
  const refreshAccounts = async (): Promise<void> => {
    served = servedClasses(classes(), lastGoodClasses)
    secrets.want(secretNames())
    await accounts.refresh([...served.values()], (name) => secrets.get(name))
    accountsRead = caches.classes.state.synced
    emit()
  }
  const unreadSecrets = (): readonly string[] =>
    [...secretNames()].flatMap((name) => {
      const state = secrets.get(name)
      return state.kind === 'unknown' && state.problem === undefined ? [`secret ${name}`] : []
    })

  for (const reflector of [caches.nodes, caches.failoverIPs, caches.namespaces]) reflector.subscribe(emit)
  caches.leases.subscribe(leasesChanged.notify)
  caches.classes.subscribe(accountsChanged.notify)

  return {
    caches,
    ownWrites,
    accounts,
    services,
    classes,
    served: () => served,
    view: (failoverIPs) => ({
      nodes: [...caches.nodes.cache.entries()].map(({ value }) => value),
      lease: (node) => caches.leases.cache.get(`${nodeLeaseNamespace}/${node}`)?.value,
      sighting: (node) => caches.sightings.get(node),
      agent: agentOf,
      failoverIPs: failoverIPs.map(({ value }) => value),
      classes: classes(),
      served,
      namespaceLabels: (name) => caches.namespaces.cache.get(name)?.value,
      accounts: accounts.accounts([...served.values()]),
      classAccount: (uid) => accounts.classAccount(uid),
      prefixLength: provider.capabilities.unitPrefixLength,
      defaultPolicy,
      lastGoodSpecs,
    }),
    refusals: () => [...refused].map(({ message }) => message),
    noteCall: (call) => {
      if (accounts.noteCall(call)) emit()
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    unsynced: () => [...caches.unsynced(), ...(accountsRead ? unreadSecrets() : ['accounts'])],
    whenSynced: async (signal) => {
      await caches.whenSynced(signal)
      const changed = createChangeSignal()
      listeners.add(changed.notify)
      try {
        while (!accountsRead || unreadSecrets().length > 0) await changed.wait(signal)
      } finally {
        listeners.delete(changed.notify)
      }
    },
    run: async (signal) => {
      // No class at all changes nothing in the cache; that there is none is to be known all the same.
      caches.classes.whenSynced(signal).then(accountsChanged.notify, () => undefined)
      await Promise.all([
        caches.run(signal),
        failoverNodes.reflector.run(signal),
        services.reflector.run(signal),
        repeat(signal, onTrouble, async () => {
          await accountsChanged.wait(signal)
          await refreshAccounts()
        }),
        repeat(signal, onTrouble, async () => {
          await leasesChanged.wait(signal)
          emit()
          await clock.sleep(leaseInterval, { signal })
        }),
      ])
      ownWrites.close()
    },
  }
}

/** Works until the signal is aborted. Each turn waits for something, so that a failure cannot spin. */
async function repeat(
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
  turn: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await turn()
    } catch (error) {
      if (!signal.aborted) onTrouble(error)
    }
  }
}

/** What a class says that says nothing. */
function defaultPolicyOf(controllerName: string): Policy {
  const metadata = { name: 'default', uid: '-', resourceVersion: '0' }
  const parsed = parseFailoverIPClass({ kind: failoverIPClassResource.kind, metadata, spec: { controllerName } })
  if (!parsed.ok) throw new TypeError(`the schema's own defaults are not acceptable: ${parsed.problem.message}`)
  return parsed.value.spec
}
