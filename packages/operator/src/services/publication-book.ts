import type { Publication } from '@failover-ip/core'
import { compareResourceVersions } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

/** What one term remembers of its writes to Services, so that nobody is fought with. Bounded by `keepOnly`. */
export interface PublicationBook {
  /** `undefined`: it may be written now. Else why not, for as long as nothing is known, until when (local monotonic milliseconds). */
  holdOf(key: string, ingress: unknown, shown: ShownService): WriteHold | undefined
  /** Whether what was written, or may have been, is still to be shown by the cache, whose Service has this version. */
  mayShow(key: string, shownVersion: string): boolean
  /** A write is on its way. */
  sends(key: string, ingress: readonly unknown[]): void
  /** It was not done: the Service was another one by then. */
  refused(key: string): void
  wrote(key: string, ingress: unknown, written: ObjectVersion): void
  failed(key: string, failure: NonNullable<Publication['condition']>): void
  /** The Service is shown so. What went with its type, or with the one that had its name before, nobody has taken off. */
  shows(key: string, shown: ObjectVersion & { readonly isLoadBalancer: boolean }): void
  /** How long the object of this uid has been kept from vanishing. */
  keptFor(uid: string): number
  keepOnly(services: ReadonlySet<string>, uids: ReadonlySet<string>): void
}

/** The Service as it is cached. */
export interface ShownService {
  readonly resourceVersion: string
  readonly writer: string | undefined
}

interface ObjectVersion {
  readonly uid: string
  readonly resourceVersion: string
}

export interface WriteHold {
  readonly until: number
  /** Absent: the cache has not shown the last write yet. */
  readonly condition?: NonNullable<Publication['condition']>
}

interface Write extends ObjectVersion {
  readonly ingress: string
  readonly at: number
  /** How often the same has been written. */
  readonly times: number
}

/** Milliseconds. What somebody else takes off is put back after the first, then after twice as long each time, up to the most. */
const firstPatience = 60_000
const mostPatience = 3_600_000
/** A cache whose versions cannot be compared has so long to show a write; it is also the pause after a failure. */
const lag = 5000
/** Milliseconds between two looks. */
export const leastPause = 1000
/** What the API server calls the writer of our requests: the name in their User-Agent. */
const ownManager = 'failover-ip'

export function createPublicationBook(clock: Pick<Clock, 'monotonic'>): PublicationBook {
  const writes = new Map<string, Write>()
  /** Until when addresses may be written that are on their way, or that failed with an unknown outcome. */
  const doubts = new Map<string, number>()
  const failures = new Map<string, { readonly until: number; readonly condition: WriteHold['condition'] }>()
  const kept = new Map<string, number>()
  /** The cache does not show the write yet. */
  const isAhead = (write: Write, shownVersion: string): boolean => {
    const order = compareResourceVersions(shownVersion, write.resourceVersion)
    return order === undefined ? clock.monotonic() < write.at + lag : order < 0
  }
  return {
    holdOf: (key, ingress, { resourceVersion, writer }) => {
      const now = clock.monotonic()
      const failure = failures.get(key)
      if (failure !== undefined && now < failure.until) {
        return { until: failure.until, ...(failure.condition === undefined ? {} : { condition: failure.condition }) }
      }
      const write = writes.get(key)
      if (write === undefined || write.ingress !== JSON.stringify(ingress)) return undefined
      if (isAhead(write, resourceVersion)) {
        // A watch that stays behind is waited for, and not looked at without a pause.
        return { until: Math.max(write.at + lag, now + leastPause) }
      }
      const until = write.at + Math.min(firstPatience * 2 ** (write.times - 1), mostPatience)
      // Who takes off what is there leaves no name; ours may be the last.
      const who = writer === undefined || writer === ownManager ? 'Somebody else' : writer
      const message = `${who} has changed the load balancer of the Service since; that is put right less and less often.`
      return now < until ? { until, condition: { status: 'False', reason: 'ServiceTaken', message } } : undefined
    },
    mayShow: (key, shownVersion) => {
      const now = clock.monotonic()
      if (now < (doubts.get(key) ?? now)) return true
      const write = writes.get(key)
      return write !== undefined && write.ingress !== '[]' && isAhead(write, shownVersion)
    },
    sends: (key, ingress) => {
      if (ingress.length > 0) doubts.set(key, Number.POSITIVE_INFINITY)
    },
    refused: (key) => void doubts.delete(key),
    wrote: (key, ingress, { uid, resourceVersion }) => {
      failures.delete(key)
      doubts.delete(key)
      const text = JSON.stringify(ingress)
      const last = writes.get(key)
      const at = clock.monotonic()
      const isAgain = last?.ingress === text && at - last.at < 2 * mostPatience
      writes.set(key, { uid, ingress: text, resourceVersion, at, times: isAgain ? last.times + 1 : 1 })
    },
    failed: (key, condition) => {
      const until = clock.monotonic() + lag
      failures.set(key, { until, condition })
      if (doubts.has(key)) doubts.set(key, until)
    },
    shows: (key, { uid, resourceVersion, isLoadBalancer }) => {
      const write = writes.get(key)
      if (write === undefined) return
      if (uid !== write.uid || (!isLoadBalancer && !isAhead(write, resourceVersion))) writes.delete(key)
    },
    keptFor: (uid) => {
      const now = clock.monotonic()
      const since = kept.get(uid) ?? now
      kept.set(uid, since)
      return now - since
    },
    keepOnly: (services, uids) => {
      for (const key of writes.keys()) if (!services.has(key)) writes.delete(key)
      for (const key of doubts.keys()) if (!services.has(key)) doubts.delete(key)
      for (const key of failures.keys()) if (!services.has(key)) failures.delete(key)
      for (const uid of kept.keys()) if (!uids.has(uid)) kept.delete(uid)
    },
  }
}
