import { compareResourceVersions, type CacheChange } from '@failover-ip/kubernetes'
import type { LeaseRecord } from './lease-record.ts'

/** A renewal as it was read. */
export interface LeaseRenewal {
  readonly renewTime: string
  readonly resourceVersion: string
}

export interface LeaseSighting extends LeaseRenewal {
  /** Local monotonic milliseconds at which this renewal was seen; undefined while it is the first one ever seen. */
  readonly seenAt: number | undefined
  /** Local monotonic milliseconds since which the Lease is watched. */
  readonly firstSeenAt: number
}

/**
 * When renewals of the nodes' Leases were seen, on our own clock. The first sight of a Lease is no sign of life: it may have
 * been renewed a second ago or last week. What was not renewed since is another matter.
 */
export interface LeaseSightings {
  apply(changes: readonly CacheChange<LeaseRecord>[]): void
  /** A renewal that a live read showed. */
  note(node: string, renewal: LeaseRenewal): void
  get(node: string): LeaseSighting | undefined
}

export function createLeaseSightings(clock: { monotonic(): number }): LeaseSightings {
  const sightings = new Map<string, LeaseSighting>()
  const note = (node: string, renewal: LeaseRenewal): void => {
    const known = sightings.get(node)
    if (known?.renewTime === renewal.renewTime || isOlder(renewal, known)) return
    const now = clock.monotonic()
    sightings.set(node, {
      ...renewal,
      seenAt: known === undefined ? undefined : now,
      firstSeenAt: known?.firstSeenAt ?? now,
    })
  }
  return {
    note,
    get: (node) => sightings.get(node),
    apply: (changes) => {
      for (const { current, previous } of changes) {
        const node = nodeOf((current ?? previous)?.key)
        if (node === undefined) continue
        if (current === undefined) sightings.delete(node)
        else if (current.value.renewTime !== undefined) {
          note(node, { renewTime: current.value.renewTime, resourceVersion: current.resourceVersion })
        }
      }
    },
  }
}

/**
 * A watch may be behind a live read. Older in both respects: the node's clock may be set back, and the server's data may
 * be restored, and each renewal is one all the same.
 */
function isOlder(renewal: LeaseRenewal, known: LeaseRenewal | undefined): boolean {
  if (known === undefined || !(Date.parse(renewal.renewTime) < Date.parse(known.renewTime))) return false
  const order = compareResourceVersions(renewal.resourceVersion, known.resourceVersion)
  return order === undefined || order < 0
}

function nodeOf(key: string | undefined): string | undefined {
  return key?.slice(key.indexOf('/') + 1)
}
