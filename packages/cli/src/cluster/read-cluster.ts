import type { FailoverNodeStatus } from '@failover-ip/core'
import {
  failoverIPClassResource,
  failoverIPResource,
  failoverNodeResource,
  nodeResource,
  parseFailoverIP,
  parseFailoverIPClass,
  parseFailoverNode,
  type KubernetesClient,
  type KubernetesObject,
  type ParsedFailoverIP,
  type ParsedFailoverIPClass,
  type ParseResult,
} from '@failover-ip/kubernetes'
import { classRecordOf, nodeRecordOf, type ClassRecord, type NodeRecord } from '@failover-ip/operator/preflight'
import { z } from 'zod'
import { findAgentPods, type AgentPod } from './agent-pods.ts'
import { readItems, reading, type Reading } from './reading.ts'
import { findRunningOperators, type RunningOperator } from './running-operators.ts'

/** What the API server says, once, of everything that is checked. */
export interface Cluster {
  readonly nodes: Reading<readonly NodeRecord[]>
  readonly classes: Reading<readonly ParsedFailoverIPClass[]>
  /** The same, as an operator sees them that serves them all; also those that cannot be read. */
  readonly classRecords: readonly ClassRecord[]
  /** Of all namespaces, or of the one asked for. */
  readonly failoverIPs: Reading<readonly ParsedFailoverIP[]>
  /** By the node's name; what an agent said last, whether it still runs or not. Absent: the kind is not installed. */
  readonly failoverNodes: Reading<ReadonlyMap<string, FailoverNodeStatus>>
  readonly agents: Reading<readonly AgentPod[]>
  readonly operators: Reading<readonly RunningOperator[]>
  /** Objects of ours that cannot be understood, with the reason. */
  readonly unreadable: readonly { readonly kind: string; readonly key: string; readonly why: string }[]
}

/** Reads only. Rejects when the API server cannot be reached. */
export async function readCluster(
  client: KubernetesClient,
  { namespace, signal }: { readonly namespace: string | undefined; readonly signal: AbortSignal },
): Promise<Cluster> {
  const within = namespace === undefined ? {} : { namespace }
  const [nodes, classes, failoverIPs, failoverNodes, agents, operators] = await Promise.all([
    objects('Nodes', client.list(nodeResource, { signal })),
    objects('FailoverIPClasses', client.list(failoverIPClassResource, { signal })),
    objects('FailoverIPs', client.list(failoverIPResource, { signal, ...within })),
    objects('FailoverNodes', client.list(failoverNodeResource, { signal })),
    findAgentPods(client, { signal }),
    findRunningOperators(client, { signal }),
  ])
  const parsedClasses = readItems(classes).map(parseFailoverIPClass)
  const parsedFailoverIPs = readItems(failoverIPs).map(parseFailoverIP)
  return {
    nodes: mapped(nodes, (items) => items.map(nodeRecordOf)),
    classes: mapped(classes, () => valuesOf(parsedClasses)),
    classRecords: readItems(classes).map((object) => classRecordOf(object, controllerNameOf(object))),
    failoverIPs: mapped(failoverIPs, () => valuesOf(parsedFailoverIPs)),
    failoverNodes: mapped(failoverNodes, (items) => new Map(items.flatMap(statusByName))),
    agents,
    operators,
    unreadable: [...problemsOf('FailoverIPClass', parsedClasses), ...problemsOf('FailoverIP', parsedFailoverIPs)],
  }
}

function objects(
  what: string,
  list: Promise<{ readonly items: readonly KubernetesObject[] }>,
): Promise<Reading<readonly KubernetesObject[]>> {
  return reading(
    what,
    list.then(({ items }) => items),
  )
}

function mapped<From, To>(from: Reading<From>, map: (value: From) => To): Reading<To> {
  return from.kind === 'read' ? { kind: 'read', value: map(from.value) } : from
}

const classSpecSchema = z.object({ controllerName: z.string() })

/** Whose a class is can be told although the rest of it cannot. */
function controllerNameOf(object: KubernetesObject): string {
  return classSpecSchema.safeParse(object['spec']).data?.controllerName ?? ''
}

function statusByName(object: KubernetesObject): readonly (readonly [string, FailoverNodeStatus])[] {
  const parsed = parseFailoverNode(object)
  return parsed.ok ? [[parsed.value.name, parsed.value.status]] : []
}

function valuesOf<Value>(parsed: readonly ParseResult<Value>[]): readonly Value[] {
  return parsed.flatMap((each) => (each.ok ? [each.value] : []))
}

function problemsOf(kind: string, parsed: readonly ParseResult<unknown>[]): Cluster['unreadable'] {
  return parsed.flatMap((each) =>
    each.ok ? [] : [{ kind, key: each.problem.identity.key, why: each.problem.message }],
  )
}
