import type { Taint } from '@failover-ip/core'
import { canonicalAddress, type KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'

/** What is kept of a Node. */
export interface NodeRecord {
  readonly name: string
  readonly uid: string
  readonly providerID: string | undefined
  /** Canonical, in the Node's order. */
  readonly addresses: readonly { readonly type: string; readonly address: string }[]
  readonly hostname: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly unschedulable: boolean
  readonly taints: readonly Taint[]
  readonly ready: 'True' | 'False' | 'Unknown' | undefined
  /** Its kubelet says so: the machine is being shut down. */
  readonly shuttingDown: boolean
  readonly networkUnavailable: boolean
  readonly deleting: boolean
  readonly bootID: string | undefined
}

/** Longer annotations are other programs' documents; a provider's are names and numbers. */
const maximumAnnotationLength = 256

/** Of a kubelet with graceful node shutdown, in the message of the Ready condition: Kubernetes has no other sign of it. */
const shutdownMessage = 'node is shutting down'

const text = z.string().optional().catch(undefined)
const taintSchema = z.object({
  key: z.string(),
  value: z.exactOptional(z.string()),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
})
const conditionStatus = z.enum(['True', 'False', 'Unknown']).catch('Unknown')
const nodeSchema = z.object({
  spec: z
    .object({
      providerID: text,
      unschedulable: z.boolean().catch(false).default(false),
      taints: lenientArray(taintSchema),
    })
    .catch({ providerID: undefined, unschedulable: false, taints: [] }),
  status: z
    .object({
      addresses: lenientArray(z.object({ type: z.string(), address: z.string() })),
      conditions: lenientArray(z.object({ type: z.string(), status: conditionStatus, message: z.string().catch('') })),
      nodeInfo: z.object({ bootID: text }).optional().catch(undefined),
    })
    .catch({ addresses: [], conditions: [], nodeInfo: undefined }),
})

/** Never throws: what cannot be read counts as absent. */
export function nodeRecordOf(object: KubernetesObject): NodeRecord {
  const { metadata } = object
  const { spec, status } = nodeSchema.parse({ spec: object['spec'], status: object['status'] })
  const conditionOf = (type: string) => status.conditions.find((condition) => condition.type === type)
  const ready = conditionOf('Ready')
  return {
    name: metadata.name,
    uid: metadata.uid,
    providerID: spec.providerID === '' ? undefined : spec.providerID,
    addresses: status.addresses.flatMap(({ type, address }) => {
      const canonical = canonicalAddress(address)
      return canonical === undefined ? [] : [{ type, address: canonical }]
    }),
    hostname: status.addresses.find(({ type }) => type === 'Hostname')?.address,
    labels: metadata.labels ?? {},
    annotations: shortOnes(metadata.annotations ?? {}),
    unschedulable: spec.unschedulable,
    taints: spec.taints,
    ready: ready?.status,
    shuttingDown: ready?.status === 'False' && ready.message.includes(shutdownMessage),
    networkUnavailable: conditionOf('NetworkUnavailable')?.status === 'True',
    deleting: metadata.deletionTimestamp !== undefined,
    bootID: status.nodeInfo?.bootID,
  }
}

function shortOnes(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([, value]) => value.length <= maximumAnnotationLength))
}

/** The readable items of an array; none when it is no array. */
function lenientArray<Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> {
  return z
    .array(z.unknown())
    .catch([])
    .transform((items) =>
      items.flatMap((value) => {
        const parsed = item.safeParse(value)
        return parsed.success ? [parsed.data] : []
      }),
    )
}
