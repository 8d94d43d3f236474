import { isApiError, leaseResource, nodeResource } from '@failover-ip/kubernetes'
import type { KubernetesClient } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import { timestamp } from '../api/object-name.ts'
import { viewNode } from './node-condition.ts'
import { nodeObject, nodeStatus } from './simulated-node.ts'
import type { SimulatedNodeSpec } from './simulated-node.ts'

/** One run of a kubelet, from boot to power loss. */
export interface KubeletOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  readonly spec: SimulatedNodeSpec
  readonly bootID: string
  /** Whether the machine runs and gets through to the API server now. */
  readonly canReachApi: () => boolean
  readonly leaseIntervalMilliseconds: number
  readonly signal: AbortSignal
}

/** As `nodeLeaseDurationSeconds` of a real kubelet. */
const leaseDurationSeconds = 40
/** How soon a kubelet tries again that did not get through. */
const retryMilliseconds = 1_000
const leaseNamespace = 'kube-node-lease'

/** Registers the node, then renews its Lease and repairs its status until the signal. Never rejects. */
export async function runKubelet(options: KubeletOptions): Promise<void> {
  const { clock, signal, leaseIntervalMilliseconds } = options
  while (!signal.aborted) {
    const done =
      options.canReachApi() &&
      (await beat(options).then(
        () => true,
        () => false,
      ))
    await clock.sleep(done ? leaseIntervalMilliseconds : retryMilliseconds, { signal }).catch(() => undefined)
  }
}

async function beat(options: KubeletOptions): Promise<void> {
  await reportStatus(options)
  await renewLease(options)
}

/** Writes the status only when it is not what it should be: between changes a kubelet renews its Lease alone. */
async function reportStatus({ client, clock, spec, bootID, signal }: KubeletOptions): Promise<void> {
  const name = { name: spec.name }
  const node = await client.get(nodeResource, name, { signal }).catch(async (error: unknown) => {
    if (!isApiError(error) || error.code !== 404) throw error
    return await client.create(nodeResource, nodeObject(spec), { signal })
  })
  const { ready, bootID: reported } = viewNode(node)
  if (ready === 'True' && reported === bootID) return
  const now = timestamp(clock.now())
  const body = { status: nodeStatus(spec, bootID, now, now) }
  await client.patch(nodeResource, name, { type: 'strategic-merge', body, subresource: 'status' }, { signal })
}

async function renewLease({ client, clock, spec, signal }: KubeletOptions): Promise<void> {
  const { name } = spec
  const renewTime = `${new Date(clock.now()).toISOString().slice(0, -1)}000Z`
  const body = { spec: { holderIdentity: name, leaseDurationSeconds, renewTime } }
  const named = { name, namespace: leaseNamespace }
  await client.patch(leaseResource, named, { type: 'merge', body }, { signal }).catch(async (error: unknown) => {
    if (!isApiError(error) || error.code !== 404) throw error
    await client.create(leaseResource, { metadata: named, ...body }, { signal })
  })
}
