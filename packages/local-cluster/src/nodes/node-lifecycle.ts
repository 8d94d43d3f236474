import { leaseResource, nodeResource } from '@failover-ip/kubernetes'
import type { KubernetesClient, KubernetesObject } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import { timestamp } from '../api/object-name.ts'
import { renewTimeOf, viewNode } from './node-condition.ts'

/** What kube-controller-manager does about nodes that fall silent. */
export interface NodeLifecycleOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How long a Lease may go without a renewal. Kubernetes: 40 s before 1.32, 50 s since. */
  readonly graceMilliseconds: number
}

/** `--node-monitor-period` of kube-controller-manager. */
const periodMilliseconds = 5_000
const unreachable = 'node.kubernetes.io/unreachable'

interface Seen {
  readonly renewTime: string | undefined
  /** When this process first saw it: clocks of nodes are not trusted. */
  readonly at: number
}

/** Calls silent nodes Unknown and taints them; takes the taint away when they are back. Never rejects. */
export async function runNodeLifecycle(options: NodeLifecycleOptions): Promise<void> {
  const { clock, signal } = options
  let seen: ReadonlyMap<string, Seen> = new Map()
  while (!signal.aborted) {
    seen = await look(options, seen).catch(() => seen)
    await clock.sleep(periodMilliseconds, { signal }).catch(() => undefined)
  }
}

async function look(
  options: NodeLifecycleOptions,
  before: ReadonlyMap<string, Seen>,
): Promise<ReadonlyMap<string, Seen>> {
  const { client, clock, signal, graceMilliseconds } = options
  const nodes = await client.list(nodeResource, { signal })
  const leases = await client.list(leaseResource, { signal, namespace: 'kube-node-lease' })
  const renewals = new Map(leases.items.map((lease) => [lease.metadata.name, renewTimeOf(lease)]))
  const now = clock.monotonic()
  const seen = new Map(
    nodes.items.map(({ metadata: { name } }) => {
      const renewTime = renewals.get(name)
      const last = before.get(name)
      return [name, last !== undefined && last.renewTime === renewTime ? last : { renewTime, at: now }] as const
    }),
  )
  for (const node of nodes.items) {
    const silentSince = seen.get(node.metadata.name)?.at ?? now
    await judge(options, node, now - silentSince > graceMilliseconds)
  }
  return seen
}

async function judge(
  { client, clock, signal }: NodeLifecycleOptions,
  node: KubernetesObject,
  silent: boolean,
): Promise<void> {
  const { ready, taints, conditions } = viewNode(node)
  const name = { name: node.metadata.name }
  const now = timestamp(clock.now())
  if (silent && ready !== 'Unknown') {
    const message = 'Kubelet stopped posting node status.'
    const unknown = { status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: now }
    const body = { status: { conditions: conditions.map((condition) => ({ ...condition, ...unknown })) } }
    await client.patch(nodeResource, name, { type: 'strategic-merge', body, subresource: 'status' }, { signal })
  }
  const tainted = taints.some(({ key }) => key === unreachable)
  const lost = silent || ready === 'Unknown'
  if (tainted === lost) return
  const others = taints.filter(({ key }) => key !== unreachable)
  const own = ['NoSchedule', 'NoExecute'].map((effect) => ({ key: unreachable, effect, timeAdded: now }))
  const body = { spec: { taints: lost ? [...others, ...own] : others } }
  await client.patch(nodeResource, name, { type: 'strategic-merge', body }, { signal })
}
