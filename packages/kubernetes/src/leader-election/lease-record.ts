import { z } from 'zod'
import type { KubernetesObject, ObjectDraft } from '../client/kubernetes-object.ts'

/** What a Lease says, read with leniency: a field that makes no sense counts as absent. */
export interface LeaseRecord {
  /** Undefined when nobody holds it. */
  readonly holder: string | undefined
  /** Milliseconds. */
  readonly duration: number | undefined
  readonly transitions: number
  /** Changes whenever holder or times change, and not when somebody labels the object. */
  readonly fingerprint: string
}

const text = z.string().optional().catch(undefined)
const whole = z.number().int().nonnegative().optional().catch(undefined)
const specSchema = z.looseObject({
  holderIdentity: text,
  leaseDurationSeconds: whole,
  acquireTime: text,
  renewTime: text,
  leaseTransitions: whole,
})

/** Never throws. */
export function readLease(lease: KubernetesObject): LeaseRecord {
  const spec = readSpec(lease)
  const holder = spec?.holderIdentity === '' ? undefined : spec?.holderIdentity
  return {
    holder,
    duration: spec?.leaseDurationSeconds === undefined ? undefined : spec.leaseDurationSeconds * 1000,
    transitions: spec?.leaseTransitions ?? 0,
    fingerprint: fingerprintOf(lease),
  }
}

/** As in `LeaseRecord`, also of a lease that is still to be written. */
export function fingerprintOf(lease: ObjectDraft): string {
  const spec = readSpec(lease)
  return JSON.stringify([spec?.holderIdentity ?? '', spec?.acquireTime, spec?.renewTime, spec?.leaseTransitions])
}

function readSpec(lease: ObjectDraft): z.infer<typeof specSchema> | undefined {
  return specSchema.safeParse(lease['spec']).data
}

/**
 * The holder gave it back, as client-go does it too: no holder, and a duration of one second. A holder that somebody
 * erased leaves the duration as it was, and then the holder may still believe in it.
 */
export function isReleased({ holder, duration }: LeaseRecord): boolean {
  return holder === undefined && duration === 1000
}

export interface LeaseClaim {
  readonly holder: string
  /** Milliseconds, whole seconds. */
  readonly duration: number
  /** Wall time; shown only, nobody decides by it. */
  readonly now: number
  /** Absent: unchanged, this is a renewal. */
  readonly acquired?: { readonly transitions: number }
}

/** The Lease as the claimant wants it. */
export function claimLease(lease: ObjectDraft, claim: LeaseClaim): ObjectDraft {
  const time = microTime(claim.now)
  const acquired =
    claim.acquired === undefined ? {} : { acquireTime: time, leaseTransitions: claim.acquired.transitions }
  return {
    ...lease,
    spec: {
      ...specOf(lease),
      holderIdentity: claim.holder,
      leaseDurationSeconds: claim.duration / 1000,
      renewTime: time,
      ...acquired,
    },
  }
}

/** The Lease as a holder leaves it. */
export function releaseLease(lease: ObjectDraft, now: number): ObjectDraft {
  return {
    ...lease,
    spec: { ...specOf(lease), holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
  }
}

function specOf(lease: ObjectDraft): object {
  const spec = lease['spec']
  return typeof spec === 'object' && spec !== null ? spec : {}
}

/** `metav1.MicroTime`. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}
