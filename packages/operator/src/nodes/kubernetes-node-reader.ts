import type { NodeReader } from '@failover-ip/core'
import {
  isApiError,
  leaseResource,
  nodeResource,
  type KubernetesClient,
  type KubernetesObject,
  type ObjectName,
  type ResourceType,
} from '@failover-ip/kubernetes'
import { nodeLeaseNamespace } from '../caches/caches.ts'
import { leaseRecordOf } from '../caches/lease-record.ts'
import type { LeaseSighting, LeaseSightings } from '../caches/lease-sightings.ts'
import { nodeRecordOf } from '../caches/node-record.ts'

/** Milliseconds: a verdict waits for it. */
const readDeadline = 1000

/** Reads Nodes and their Leases from the API server itself. `onRefused` is told why it may not. */
export function createKubernetesNodeReader(
  client: KubernetesClient,
  sightings: LeaseSightings,
  onRefused: (error: unknown) => void,
): NodeReader {
  const read = (type: ResourceType, name: ObjectName, signal: AbortSignal): Promise<KubernetesObject | undefined> =>
    client.get(type, name, { signal, deadline: readDeadline }).catch((error: unknown) => {
      if (isApiError(error, 'NotFound')) return undefined
      // Whoever asks goes on without an answer, and a death is never confirmed.
      if (isApiError(error, 'Forbidden')) onRefused(error)
      throw error
    })
  return {
    read: async (name, { leaseSeenAt }, { signal }) => {
      const [node, lease] = await Promise.all([
        read(nodeResource, { name }, signal),
        read(leaseResource, { namespace: nodeLeaseNamespace, name }, signal),
      ])
      if (node === undefined) return { kind: 'gone' }
      const { uid, ready = 'Unknown' } = nodeRecordOf(node)
      const renewTime = lease === undefined ? undefined : leaseRecordOf(lease).renewTime
      const known = sightings.get(name)
      if (lease !== undefined && renewTime !== undefined) {
        sightings.note(name, { renewTime, resourceVersion: lease.metadata.resourceVersion })
      }
      return { kind: 'present', uid, ready, leaseRenewed: renewedSince(renewTime, known, leaseSeenAt) }
    },
  }
}

/** `known` is what was seen before the read. */
function renewedSince(
  renewTime: string | undefined,
  known: LeaseSighting | undefined,
  leaseSeenAt: number | undefined,
): boolean | undefined {
  if (renewTime === undefined) return undefined
  if (known === undefined) return undefined
  const seenLater = known.seenAt !== undefined && (leaseSeenAt === undefined || known.seenAt > leaseSeenAt)
  return renewTime !== known.renewTime || seenLater
}
