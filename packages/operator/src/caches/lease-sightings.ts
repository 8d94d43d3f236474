import type { CacheChange } from '@failover-ip/kubernetes'
import type { LeaseRecord } from './lease-record.ts'

export interface LeaseSighting {
  readonly renewTime: string
  /** Local monotonic milliseconds at which this renewal was seen; undefined while it is the first one ever seen. */
  readonly seenAt: number | undefined
}

/**
 * When renewals of the nodes' Leases were seen, on our own clock. The first sight of a Lease says nothing: it may have
 * been renewed a second ago or last week.
 */
export interface LeaseSightings {
  apply(changes: readonly CacheChange<LeaseRecord>[]): void
  /** A renewal that a live read showed. */
  note(node: string, renewTime: string): void
  get(node: string): LeaseSighting | undefined
}

export function createLeaseSightings(clock: { monotonic(): number }): LeaseSightings {
  const sightings = new Map<string, LeaseSighting>()
  const note = (node: string, renewTime: string): void => {
    const known = sightings.get(node)
    if (known?.renewTime === renewTime || isOlder(renewTime, known?.renewTime)) return
    sightings.set(node, { renewTime, seenAt: known === undefined ? undefined : clock.monotonic() })
  }
  return {
    note,
    get: (node) => sightings.get(node),
    apply: (changes) => {
      for (const { current, previous } of changes) {
        const node = nodeOf((current ?? previous)?.key)
        if (node === undefined) continue
        if (current === undefined) sightings.delete(node)
        else if (current.value.renewTime !== undefined) note(node, current.value.renewTime)
      }
    },
  }
}

/** A watch may be behind a live read; the node's own clock orders its own renewals. */
function isOlder(renewTime: string, known: string | undefined): boolean {
  return known !== undefined && Date.parse(renewTime) < Date.parse(known)
}

function nodeOf(key: string | undefined): string | undefined {
  return key?.slice(key.indexOf('/') + 1)
}
