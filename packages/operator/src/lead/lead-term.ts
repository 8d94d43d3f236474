import type {
  Authority,
  Engine,
  EngineInput,
  EngineOptions,
  FailoverEvent,
  ProbePathEvent,
  ProviderCall,
} from '@failover-ip/core'
import {
  failoverIPResource,
  type CacheEntry,
  type EventRecord,
  type KubernetesClient,
  type ResourceIdentity,
} from '@failover-ip/kubernetes'
import type { Capabilities, Clock } from '@failover-ip/provider'
import { createChangeSignal } from '../caches/change-signal.ts'
import { identityOf, type FailoverIPRecord, type UnreadableFailoverIP } from '../caches/failover-ip-record.ts'
import type { ClusterKnowledge } from '../cluster-knowledge.ts'
import { failoverEventRecord } from '../events/failover-event-record.ts'
import { engineInputOf } from '../inputs/engine-input.ts'
import { createKubernetesNodeReader } from '../nodes/kubernetes-node-reader.ts'
import type { Probing } from '../probing/probing.ts'
import { tellNodePaths } from '../probing/tell-node-paths.ts'
import { createServicePublisher } from '../services/service-publisher.ts'
import { createClassStatus } from '../status/class-status.ts'
import { createKubernetesStatusStore } from '../status/kubernetes-status-store.ts'
import { withOperation } from '../status/recent-operations.ts'
import { writeClassConditions } from './class-condition-writer.ts'
import { createInvalidStatusWriter } from './invalid-status-writer.ts'
import { keepWritten } from './keep-written.ts'

export interface LeadContext {
  readonly clock: Clock
  readonly random: () => number
  readonly client: KubernetesClient
  readonly knowledge: ClusterKnowledge
  readonly probing: Probing
  /** The node that this process runs on. Absent: not known. */
  readonly ownNode?: string
  readonly capabilities: Capabilities
  readonly createEngine: (options: EngineOptions) => Engine
  /** Tells of an Event. */
  readonly emit: (event: EventRecord) => void
  /** Tells the log of an Event that does not come from the engine. */
  readonly warn: (event: EventRecord) => void
  readonly dryRun: boolean
  readonly onEvent: (event: FailoverEvent) => void
  readonly onPathEvent: (event: ProbePathEvent) => void
  readonly onProviderCall: (call: ProviderCall) => void
  readonly onTrouble: (error: unknown) => void
}

/** What a term shows of itself to metrics. */
export interface Term {
  readonly engine: Engine
  /** What the engine was told last. */
  readonly input: EngineInput
}

/** Milliseconds in which changes are gathered: a failover waits this long for nothing but its company. */
const gathering = 5

/**
 * One term of leadership: an engine of its own, told of every change, until the signal is aborted and its calls have
 * ended. `onTerm` is told of what it knows, and of undefined at the end.
 */
export async function leadTerm(
  context: LeadContext,
  scope: { readonly signal: AbortSignal; readonly authority: Authority },
  onTerm: (term: Term | undefined) => void,
): Promise<void> {
  const { clock, client, knowledge, probing, onTrouble, emit, warn } = context
  const classStatus = createClassStatus(client)
  const identities = new Map<string, ResourceIdentity>()
  const helpers = new AbortController()
  const changed = createChangeSignal()
  const store = createKubernetesStatusStore({
    client,
    clock,
    onTrouble,
    onForeignWriter: (identity) => {
      const event = foreignWriterRecord(identity)
      warn(event)
      emit(event)
    },
    lookAgain: (milliseconds) =>
      void clock.sleep(milliseconds, { signal: helpers.signal }).then(changed.notify, () => undefined),
    onWritten: (object) => knowledge.ownWrites.wrote(object),
    noteOperation: async (account, operation, options) => {
      const served = [...knowledge.served().values()]
      const owner = served.find(({ uid }) => knowledge.accounts.classAccount(uid)?.key === account)
      if (owner === undefined) return 'gone'
      const { capabilities } = knowledge.accounts.accounts(served).find(({ key }) => key === account) ?? context
      return classStatus.change(owner, (status) => withOperation(status, operation, capabilities), options)
    },
  })
  const engine = context.createEngine({
    ...context,
    prober: probing.prober,
    authority: scope.authority,
    store,
    nodeReader: createKubernetesNodeReader(client, knowledge.caches.sightings, onTrouble),
    onEvent: (event) => {
      context.onEvent(event)
      const identity = identities.get(event.key)
      if (identity !== undefined) emit(failoverEventRecord(event, identity))
    },
    onProviderCall: (call) => {
      context.onProviderCall(call)
      knowledge.noteCall(call)
    },
  })
  const { authority } = scope
  const publisher = createServicePublisher({
    ...context,
    authority,
    services: knowledge.services,
    onChange: changed.notify,
  })
  let told: ReadonlyMap<string, string> = new Map()
  let broken: readonly UnreadableFailoverIP[] = []
  const brokenChanged = createChangeSignal()
  const feed = (): void => {
    const entries = knowledge.ownWrites.newest()
    const { input: seen, services, unreadable } = engineInputOf(knowledge.view(entries))
    const input = publisher.plan(seen, services, entries)
    rememberIdentities(identities, entries)
    // The engine tells of those that it is given.
    for (const record of unreadable.filter(({ status }) => status === undefined)) {
      if (told.get(record.identity.uid) === record.message) continue
      const event = unreadableRecord(record)
      warn(event)
      emit(event)
    }
    told = new Map(unreadable.map(({ identity, message }) => [identity.uid, message]))
    broken = unreadable
    if (broken.length > 0) brokenChanged.notify()
    store.given(entries)
    engine.update(input)
    onTerm({ engine, input })
  }

  const stopListening = knowledge.onChange(changed.notify)
  const conditions = { ...context, classStatus }
  const invalidStatuses = createInvalidStatusWriter(client, clock)
  const feeding = feedUntil(helpers.signal, { changed, clock, feed, onTrouble })
  const nodePaths = {
    clock,
    probing,
    uidOf: (node: string) => knowledge.caches.nodes.cache.get(node)?.value.uid,
    onEvent: (event: ProbePathEvent, record: EventRecord) => {
      context.onPathEvent(event)
      emit(record)
    },
  }
  const writing = Promise.all([
    writeClassConditions(conditions, helpers.signal),
    publisher.run(helpers.signal),
    tellNodePaths(nodePaths, helpers.signal),
    keepWritten(
      { changed: brokenChanged, clock, onTrouble, write: (signal) => invalidStatuses.write(broken, signal) },
      helpers.signal,
    ),
  ])
  try {
    feed()
    await engine.run({ signal: scope.signal })
  } finally {
    stopListening()
    helpers.abort()
    await Promise.all([feeding, writing])
    onTerm(undefined)
  }
}

/** How many objects that are gone are remembered. */
const mostGone = 100

/** An object's last Event, of its release, may come after the watch has told that it is gone: the latest are kept. */
function rememberIdentities(
  identities: Map<string, ResourceIdentity>,
  entries: readonly CacheEntry<FailoverIPRecord>[],
): void {
  for (const { key, value } of entries) {
    identities.delete(key)
    identities.set(key, identityOf(value))
  }
  for (const key of identities.keys()) {
    if (identities.size <= entries.length + mostGone) break
    identities.delete(key)
  }
}

interface Feeding {
  readonly changed: ReturnType<typeof createChangeSignal>
  readonly clock: Clock
  readonly feed: () => void
  readonly onTrouble: (error: unknown) => void
}

async function feedUntil(signal: AbortSignal, { changed, clock, feed, onTrouble }: Feeding): Promise<void> {
  while (!signal.aborted) {
    try {
      await changed.wait(signal)
      await clock.sleep(gathering, { signal })
      feed()
    } catch (error) {
      if (!signal.aborted) onTrouble(error)
    }
  }
}

function unreadableRecord({ identity, reason, message }: UnreadableFailoverIP): EventRecord {
  return { regarding: regardingOf(identity), type: 'Warning', reason, action: 'Read', note: message }
}

function foreignWriterRecord(identity: ResourceIdentity): EventRecord {
  const note =
    'Somebody else keeps writing over the status. Does a second operator run with the same --controller-name? What is no move is written less and less often.'
  return { regarding: regardingOf(identity), type: 'Warning', reason: 'ForeignStatusWriter', action: 'Write', note }
}

function regardingOf({ name, namespace, uid }: ResourceIdentity): EventRecord['regarding'] {
  return { type: failoverIPResource, name, uid, ...(namespace === undefined ? {} : { namespace }) }
}
