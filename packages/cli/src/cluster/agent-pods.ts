import type { KubernetesClient, KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'
import { podResource } from './pod-resource.ts'
import { reading, type Reading } from './reading.ts'

/** What Kubernetes says of an agent. What an agent has said itself, in its FailoverNode, outlives it. */
export interface AgentPod {
  /** Undefined: it waits for one. */
  readonly node: string | undefined
  /** `namespace/name`. */
  readonly key: string
  /** Why it is not Ready, in a word. Undefined: it is. */
  readonly trouble: string | undefined
}

/** How the chart labels them. */
export const agentSelector = 'app.kubernetes.io/name=failover-ip,app.kubernetes.io/component=agent'

const stateSchema = z.object({ waiting: z.object({ reason: z.string() }).optional() })
const podSchema = z.object({
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z.array(z.object({ state: stateSchema.optional() })).default([]),
  }),
})

/** Finds them in all namespaces. */
export async function findAgentPods(
  client: KubernetesClient,
  options: { readonly signal: AbortSignal },
): Promise<Reading<readonly AgentPod[]>> {
  const pods = await reading('Pods', client.list(podResource, { ...options, labelSelector: agentSelector }))
  return pods.kind === 'read' ? { kind: 'read', value: pods.value.items.flatMap(agentPodOf) } : pods
}

function agentPodOf({ metadata, ...object }: KubernetesObject): readonly AgentPod[] {
  const parsed = podSchema.safeParse({ spec: object['spec'], status: object['status'] })
  if (!parsed.success) return []
  const { conditions, containerStatuses } = parsed.data.status
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  const waiting = containerStatuses.flatMap(({ state }) => state?.waiting?.reason ?? [])
  const key = `${metadata.namespace ?? ''}/${metadata.name}`
  return [{ node: parsed.data.spec.nodeName, key, trouble: isReady ? undefined : (waiting[0] ?? 'NotReady') }]
}
