import type {
  Account,
  AgentReport,
  EngineInput,
  FailoverIPInput,
  FailoverIPSpec,
  FailoverIPStatus,
  Policy,
} from '@failover-ip/core'
import { matchesLabels, type ParsedFailoverIPClass, type ResourceIdentity } from '@failover-ip/kubernetes'
import type { Capabilities } from '@failover-ip/provider'
import type { ClassAccount } from '../accounts/class-account.ts'
import type { ClassRecord } from '../caches/class-record.ts'
import { identityOf, type FailoverIPRecord, type UnreadableFailoverIP } from '../caches/failover-ip-record.ts'
import type { LeaseRecord } from '../caches/lease-record.ts'
import type { LeaseSighting } from '../caches/lease-sightings.ts'
import type { NodeRecord } from '../caches/node-record.ts'
import { isAllowed } from './allowed-addresses.ts'
import { failoverIPInputOf, type InputParts } from './failover-ip-input.ts'
import type { LastGood } from './last-good.ts'
import { nodeStateOf } from './node-state.ts'
import type { Problem } from './problem.ts'
import { resolveClass } from './resolve-class.ts'
import type { ServedClass } from './served-class.ts'
import { judgeClaims } from './unit-claims.ts'

/** All that is known, as the caches have it. */
export interface ClusterView {
  readonly nodes: readonly NodeRecord[]
  lease(node: string): LeaseRecord | undefined
  sighting(node: string): LeaseSighting | undefined
  /** What the node's agent says; absent: none has said anything. */
  agent(node: string): AgentReport | undefined
  readonly failoverIPs: readonly FailoverIPRecord[]
  readonly classes: readonly ClassRecord[]
  /** Those of `classes` that can be worked with, by name. */
  readonly served: ReadonlyMap<string, ServedClass>
  /** Undefined for a namespace that is not known. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined
  readonly accounts: readonly Account[]
  /** By the class's uid. */
  classAccount(uid: string): ClassAccount | undefined
  readonly prefixLength: Capabilities['unitPrefixLength']
  /** Of FailoverIPs without a class. */
  readonly defaultPolicy: Policy
  readonly lastGoodSpecs: LastGood<FailoverIPSpec>
}

export interface EngineInputResult {
  readonly input: EngineInput
  /** By key: the Service of its namespace that a FailoverIP names. */
  readonly services: ReadonlyMap<string, string>
  /** Objects of ours with a part that cannot be read. */
  readonly unreadable: readonly UnreadableFailoverIP[]
}

/** What the engine is to know. Depends on nothing but the view. */
export function engineInputOf(view: ClusterView): EngineInputResult {
  const parts = view.failoverIPs.flatMap((record) => partsOf(record, view))
  const claimants = parts
    .filter(({ problem }) => problem === undefined)
    .map(({ identity, spec }) => ({ ...identity, addresses: spec.addresses }))
  const losers = judgeClaims(claimants, view.prefixLength)
  const failoverIPs = parts.map((part): FailoverIPInput => {
    const problem = part.problem ?? losers.get(part.identity.key)
    return failoverIPInputOf({ ...part, problem })
  })
  const addresses = new Set(failoverIPs.flatMap((failoverIP) => failoverIP.addresses))
  view.lastGoodSpecs.keepOnly(new Set(view.failoverIPs.map((record) => identityOf(record).uid)))
  return {
    input: {
      nodes: view.nodes.map((node) => {
        const { name } = node
        return nodeStateOf(node, view.lease(name), view.sighting(name), addresses, view.agent(name))
      }),
      failoverIPs,
      accounts: view.accounts,
    },
    services: new Map(
      parts.flatMap(({ identity, spec }) => (spec.serviceRef ? [[identity.key, spec.serviceRef.name]] : [])),
    ),
    unreadable: view.failoverIPs.flatMap((record) =>
      record.kind === 'unreadable' && !isForeign(record, view.classes) ? [record] : [],
    ),
  }
}

function isForeign({ className, servedBy }: UnreadableFailoverIP, classes: readonly ClassRecord[]): boolean {
  return resolveClass(className, classes, servedBy).kind === 'foreign'
}

/** None for an object that belongs to another operator, or whose status must not be written over. */
function partsOf(record: FailoverIPRecord, view: ClusterView): readonly InputParts[] {
  const identity = identityOf(record)
  const readable = readableOf(record, view.lastGoodSpecs)
  if (readable === undefined) return []
  const { className, spec, status, problem: unreadable, warning } = readable
  const resolution = resolveClass(className, view.classes, status.className)
  if (resolution.kind === 'foreign') return []
  const bare = { identity, spec, status, warning, policy: view.defaultPolicy, account: undefined, className: undefined }
  if (unreadable !== undefined) return [{ ...bare, problem: unreadable }]
  if (resolution.kind === 'problem') return [{ ...bare, problem: resolution.problem }]
  const { name, uid } = resolution.record
  const ours = { ...bare, warning: warning ?? resolution.warning }
  const served = view.served.get(name)
  const account = view.classAccount(uid)
  if (served === undefined || account?.key === undefined) {
    const why = account?.accepted.message ?? 'It cannot be read.'
    const problem: Problem = { reason: 'ClassNotAccepted', message: `The class ${name} is not usable: ${why}` }
    return [{ ...ours, policy: served?.value.spec ?? view.defaultPolicy, problem }]
  }
  const policy = served.value.spec
  return [
    { ...ours, policy, account: account.key, className: name, problem: notAllowed(identity, spec, served.value, view) },
  ]
}

interface Readable {
  /** As it is now, also where the spec is an earlier one. */
  readonly className: string | undefined
  readonly spec: FailoverIPSpec
  readonly status: FailoverIPStatus
  readonly problem: Problem | undefined
  readonly warning: Problem | undefined
}

/** The object, or its last good spec with its present status. */
function readableOf(record: FailoverIPRecord, lastGood: LastGood<FailoverIPSpec>): Readable | undefined {
  if (record.kind === 'readable') {
    const { spec, status, uid } = record.value
    lastGood.remember(uid, spec)
    return { className: spec.className, spec, status, problem: undefined, warning: undefined }
  }
  const { identity, className, status, reason, message } = record
  if (status === undefined) return undefined
  const spec = lastGood.get(identity.uid)
  if (spec !== undefined) {
    const warning = { reason, message: `${message} The last good spec keeps working.` }
    return { className, spec, status, problem: undefined, warning }
  }
  const addresses = (status.addresses ?? []).map(({ address }) => address)
  return { className, spec: { addresses }, status, problem: { reason, message }, warning: undefined }
}

function notAllowed(
  { namespace = '' }: ResourceIdentity,
  spec: FailoverIPSpec,
  { name, spec: allowed }: ParsedFailoverIPClass,
  view: ClusterView,
): Problem | undefined {
  const { namespaceSelector } = allowed
  if (namespaceSelector !== undefined && !matchesLabels(namespaceSelector, view.namespaceLabels(namespace) ?? {})) {
    const message = `The class ${name} does not select the namespace ${namespace}: label it as spec.namespaceSelector of the class asks.`
    return { reason: 'NamespaceNotAllowed', message }
  }
  const strangers = spec.addresses.filter((address) => !isAllowed(address, allowed.addresses))
  if (strangers.length === 0) return undefined
  const message = `The class ${name} does not list ${strangers.join(', ')}: add what it may touch to its spec.addresses.`
  return { reason: 'AddressNotAllowed', message }
}
