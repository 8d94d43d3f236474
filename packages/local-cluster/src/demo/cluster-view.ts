import type { Condition, FailoverIPStatus } from '@failover-ip/core'
import { parseFailoverIP } from '@failover-ip/kubernetes'
import type { KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'

import { viewNode } from '../nodes/node-condition.ts'

/** What the demo shows of the cluster: read from its API, as anybody could. */
export interface ClusterView {
  /** Undefined before it is there. */
  readonly failoverIP: FailoverIPView | undefined
  /** By name. */
  readonly nodes: readonly NodeReport[]
  /** Whom the Lease names. */
  readonly leader: LeaseHolder | undefined
  /** The latest, oldest first. */
  readonly events: readonly EventReport[]
}

export interface FailoverIPView {
  readonly name: string
  readonly addresses: readonly string[]
  readonly status: FailoverIPStatus
  readonly ready: Condition | undefined
}

export interface NodeReport {
  readonly name: string
  /** Of the condition `Ready`. */
  readonly ready: string
  readonly cordoned: boolean
  /** Another one after each boot. */
  readonly bootID: string | undefined
}

export interface LeaseHolder {
  /** Name of the replica. */
  readonly name: string
  /** Unix milliseconds. */
  readonly renewedAt: number
}

export interface EventReport {
  /** Unix milliseconds. */
  readonly at: number
  readonly type: string
  readonly reason: string
  readonly note: string
}

export function viewFailoverIP(object: KubernetesObject): FailoverIPView {
  const parsed = parseFailoverIP(object)
  if (!parsed.ok) throw new TypeError(parsed.problem.message)
  const { name, spec, status } = parsed.value
  return { name, addresses: spec.addresses, status, ready: status.conditions?.find(({ type }) => type === 'Ready') }
}

const schedulingSchema = z.object({ spec: z.object({ unschedulable: z.boolean().optional() }).optional() })

export function reportNode(object: KubernetesObject): NodeReport {
  const { ready, bootID } = viewNode(object)
  const cordoned = schedulingSchema.parse(object).spec?.unschedulable === true
  return { name: object.metadata.name, ready: ready ?? 'Unknown', cordoned, bootID }
}

const leaseSchema = z.object({
  spec: z.object({ holderIdentity: z.string().nullish(), renewTime: z.string().nullish() }).optional(),
})

/** An identity is the replica's name with a suffix of this start. */
export function leaseHolder(lease: KubernetesObject): LeaseHolder | undefined {
  const { holderIdentity, renewTime } = leaseSchema.parse(lease).spec ?? {}
  const name = (holderIdentity ?? '').replace(/_[^_]*$/u, '')
  return name === '' ? undefined : { name, renewedAt: Date.parse(renewTime ?? '') }
}

/** Whether the Lease names this start of the replica, and not one before that was killed. */
export function isLeading(
  { leader }: ClusterView,
  replica: { readonly name: string; readonly startedAt: number | undefined },
): boolean {
  return leader?.name === replica.name && replica.startedAt !== undefined && leader.renewedAt >= replica.startedAt
}

const eventSchema = z.object({
  eventTime: z.string().nullish(),
  type: z.string(),
  reason: z.string(),
  note: z.string(),
})

export function reportEvent(object: KubernetesObject): EventReport {
  const { eventTime, type, reason, note } = eventSchema.parse(object)
  const at = Date.parse(eventTime ?? object.metadata.creationTimestamp ?? '')
  return { at: Number.isNaN(at) ? 0 : at, type, reason, note }
}
