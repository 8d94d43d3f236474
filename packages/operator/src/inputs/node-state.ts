import type { AgentReport, NodeState } from '@failover-ip/core'
import type { LeaseRecord } from '../caches/lease-record.ts'
import type { LeaseSighting } from '../caches/lease-sightings.ts'
import type { NodeRecord } from '../caches/node-record.ts'

/** Kubelets renew four times within the duration of their Lease. */
const renewalsPerDuration = 4

/**
 * A node as the engine is told of it.
 *
 * @param failoverAddresses never taken for an address of the node itself, though it may carry them
 */
export function nodeStateOf(
  node: NodeRecord,
  lease: LeaseRecord | undefined,
  sighting: LeaseSighting | undefined,
  failoverAddresses: ReadonlySet<string>,
  agent?: AgentReport,
): NodeState {
  const own = node.addresses.filter(({ address }) => !failoverAddresses.has(address))
  const probeAddress = own.find(({ type }) => type === 'InternalIP')?.address
  const zone = node.labels['topology.kubernetes.io/zone']
  const duration = lease?.durationSeconds
  return {
    facts: {
      name: node.name,
      ...present('providerID', node.providerID),
      addresses: [...new Set(own.map(({ address }) => address))],
      ...present('hostname', node.hostname),
      labels: node.labels,
      annotations: node.annotations,
    },
    uid: node.uid,
    ...present('zone', zone),
    unschedulable: node.unschedulable,
    taints: node.taints,
    ...present('ready', node.ready),
    ...(node.shuttingDown ? { shuttingDown: true } : {}),
    networkUnavailable: node.networkUnavailable,
    deleting: node.deleting,
    ...present('bootID', node.bootID),
    ...present('probeAddress', probeAddress),
    ...present('leaseSeenAt', sighting?.seenAt),
    ...present('leaseFirstSeenAt', sighting?.firstSeenAt),
    ...present('agent', agent),
    ...present('leaseInterval', duration === undefined ? undefined : (duration * 1000) / renewalsPerDuration),
  }
}

/** A field that is absent rather than undefined. */
function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Field in Name]?: Value } {
  const fields: { [Field in Name]?: Value } = {}
  if (value !== undefined) fields[name] = value
  return fields
}
