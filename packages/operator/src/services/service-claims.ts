import type { FailoverIPStatus } from '@failover-ip/core'
import type { CacheEntry } from '@failover-ip/kubernetes'
import { identityOf, type FailoverIPRecord } from '../caches/failover-ip-record.ts'

/** What this operator knows of its own FailoverIPs beyond their objects. */
export interface OwnClaims {
  /** By key: what a FailoverIP names that cannot be read now. */
  readonly names: ReadonlyMap<string, string>
  /** By key: whether it has an account and no problem. Others' are judged by their status. */
  readonly served: ReadonlyMap<string, boolean>
}

/**
 * By Service (`namespace/name`): the key of the FailoverIP that it belongs to, the oldest that names it, whoever serves that. One that cannot
 * be served takes none from those that can, but keeps the Service that shows its addresses.
 */
export function claimServices(
  entries: readonly CacheEntry<FailoverIPRecord>[],
  { names, served }: OwnClaims,
): ReadonlyMap<string, string> {
  const claims = entries.flatMap(({ value: record }) => {
    const { key, uid, namespace = '', createdAt, deleting } = identityOf(record)
    const name = record.kind === 'readable' ? record.value.spec.serviceRef?.name : names.get(key)
    const status = record.kind === 'readable' ? record.value.status : record.status
    if (name === undefined || deleting) return []
    const mayClaim = (served.get(key) ?? isServedElsewhere(status)) || status?.publishedTo?.service === name
    return mayClaim ? [{ service: `${namespace}/${name}`, key, uid, createdAt }] : []
  })
  // The last one of a Service stays in the map.
  const youngestFirst = claims.toSorted((a, b) => b.createdAt - a.createdAt || (a.uid < b.uid ? 1 : -1))
  return new Map(youngestFirst.map(({ service, key }) => [service, key]))
}

/** Every operator says of one that it cannot serve that it is not known where it belongs. */
function isServedElsewhere(status: FailoverIPStatus | undefined): boolean {
  return status?.conditions?.some((each) => each.type === 'Placed' && each.status === 'Unknown') !== true
}
