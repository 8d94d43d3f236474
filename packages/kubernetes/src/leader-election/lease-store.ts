import type { Clock } from '@failover-ip/provider'
import { isApiError } from '../client/api-error.ts'
import type { KubernetesClient } from '../client/kubernetes-client.ts'
import type { KubernetesObject, ObjectDraft } from '../client/kubernetes-object.ts'
import { leaseResource } from '../client/resource-type.ts'
import {
  defaultLeaderElectionTiming,
  leaderElectionTimingProblem,
  type LeaderElectionTiming,
} from './leader-election-timing.ts'
import { claimLease, fingerprintOf, readLease, releaseLease } from './lease-record.ts'

export interface LeaseOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  readonly namespace: string
  /** Of the Lease object. */
  readonly name: string
  /** Unique to this process start, e.g. the pod's name and a random part. */
  readonly identity: string
  readonly timing?: LeaderElectionTiming
}

/** A lease that this process wrote. */
export interface HeldLease {
  readonly lease: KubernetesObject
  /** Monotonic time just before the write was sent: from here on the renew deadline counts. */
  readonly renewedAt: number
}

/** Single calls on the Lease object. Each is one try with a deadline; refusals come as `ApiError`. */
export interface LeaseStore {
  readonly timing: LeaderElectionTiming
  /** Undefined when there is none. */
  read(call: LeaseCall): Promise<KubernetesObject | undefined>
  create(call: LeaseCall & { readonly transitions: number }): Promise<HeldLease>
  /** Takes a lease from its last holder, or back after it was lost. `Conflict` when somebody was faster. */
  take(lease: KubernetesObject, call: LeaseCall & { readonly transitions: number }): Promise<HeldLease>
  renew(lease: KubernetesObject, call: LeaseCall): Promise<HeldLease>
  /** False when it is somebody else's by now. */
  release(lease: KubernetesObject, call: LeaseCall): Promise<boolean>
  /** When the write was sent that left the lease as it is, if it was one of our last ones: its answer was lost. */
  sentAt(lease: KubernetesObject): number | undefined
}

export interface LeaseCall {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly deadline: number
  readonly freshConnection: boolean
}

/** More than can be sent within a renew deadline. */
const rememberedSends = 16

export function createLeaseStore(options: LeaseOptions): LeaseStore {
  const { client, clock, namespace, name, identity } = options
  const timing = options.timing ?? defaultLeaderElectionTiming
  const problem = leaderElectionTimingProblem(timing)
  if (problem !== undefined) throw new RangeError(problem)
  const claim = { holder: identity, duration: timing.leaseDuration }
  const sent: { readonly fingerprint: string; readonly at: number }[] = []
  const noteSend = (draft: ObjectDraft): number => {
    const at = clock.monotonic()
    sent.push({ fingerprint: fingerprintOf(draft), at })
    if (sent.length > rememberedSends) sent.shift()
    return at
  }
  const update = async (draft: ObjectDraft, call: LeaseCall): Promise<HeldLease> => {
    const renewedAt = noteSend(draft)
    return { lease: await client.update(leaseResource, draft, { ...call, attempts: 1 }), renewedAt }
  }
  const read: LeaseStore['read'] = (call) =>
    client.get(leaseResource, { namespace, name }, { ...call, attempts: 1 }).catch((error: unknown) => {
      if (isApiError(error, 'NotFound')) return undefined
      throw error
    })
  return {
    timing,
    read,
    create: async ({ transitions, ...call }) => {
      const draft = claimLease(
        { metadata: { name, namespace } },
        { ...claim, now: clock.now(), acquired: { transitions } },
      )
      const renewedAt = noteSend(draft)
      return { lease: await client.create(leaseResource, draft, { ...call, attempts: 1 }), renewedAt }
    },
    take: (lease, { transitions, ...call }) =>
      update(claimLease(lease, { ...claim, now: clock.now(), acquired: { transitions } }), call),
    renew: (lease, call) => update(claimLease(lease, { ...claim, now: clock.now() }), call),
    release: async (lease, call) => {
      try {
        await update(releaseLease(lease, clock.now()), call)
      } catch (error) {
        if (!isApiError(error, 'Conflict')) throw error
        // Of a renewal whose answer nobody waited for, if it is still ours.
        const live = await read(call)
        if (live === undefined || readLease(live).holder !== identity) return false
        await update(releaseLease(live, clock.now()), call)
      }
      return true
    },
    sentAt: (lease) => sent.find(({ fingerprint }) => fingerprint === fingerprintOf(lease))?.at,
  }
}
