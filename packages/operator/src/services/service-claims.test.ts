import { expect, test } from 'vitest'
import { failoverIPRecordOf, type FailoverIPRecord } from '../caches/failover-ip-record.ts'
import type { CacheEntry } from '@failover-ip/kubernetes'
import { claimServices } from './service-claims.ts'

const unplaced = { conditions: [{ type: 'Placed', status: 'Unknown', reason: 'AddressNotAllowed', message: 'No.' }] }
const published = { publishedTo: { service: 'traefik', addresses: ['192.0.2.1'] } }

function entry(name: string, day: number, change: { status?: object; spec?: object; deleting?: boolean } = {}) {
  const at = (each: number): string => `2026-01-0${each}T00:00:00Z`
  const deleting = change.deleting === true ? { deletionTimestamp: at(9) } : {}
  const metadata = { name, namespace: 'ingress', uid: name, resourceVersion: '1', creationTimestamp: at(day) }
  const conditions = (change.status as typeof unplaced | undefined)?.conditions ?? []
  const value: FailoverIPRecord = failoverIPRecordOf({
    metadata: { ...metadata, ...deleting },
    spec: { addresses: ['192.0.2.1'], serviceRef: { name: 'traefik' }, ...change.spec },
    status: { ...change.status, conditions: conditions.map((each) => ({ ...each, lastTransitionTime: at(1) })) },
  })
  const found: CacheEntry<FailoverIPRecord> = { key: `ingress/${name}`, uid: name, resourceVersion: '1', value }
  return found
}

const winner = (entries: readonly CacheEntry<FailoverIPRecord>[], served: Readonly<Record<string, boolean>> = {}) =>
  claimServices(entries, {
    names: new Map([['ingress/broken', 'traefik']]),
    served: new Map(Object.entries(served).map(([name, is]) => [`ingress/${name}`, is])),
  }).get('ingress/traefik')

test('of several that name a Service the oldest has it, unless it is being deleted', () => {
  expect(winner([entry('later', 2), entry('web', 1)])).toBe('ingress/web')
  expect(winner([entry('later', 2), entry('web', 1, { deleting: true })])).toBe('ingress/later')
  expect(winner([entry('later', 2), entry('broken', 1, { spec: { addresses: 'none' } })])).toBe('ingress/broken')
})

test.each<[string, object, Readonly<Record<string, boolean>>]>([
  ['of this operator', {}, { web: false, later: true }],
  ['of another operator', { status: unplaced }, { later: true }],
])('an older one %s that cannot be served takes none from one that is', (_, change, served) => {
  expect(winner([entry('later', 2), entry('web', 1, change)], served)).toBe('ingress/later')
})

test.each<[string, object, Readonly<Record<string, boolean>>]>([
  ['of this operator', { status: published }, { web: false, later: true }],
  ['of another operator', { status: { ...unplaced, ...published } }, { later: true }],
])('an older one %s that cannot be served any more keeps the Service that shows it', (_, change, served) => {
  expect(winner([entry('later', 2), entry('web', 1, change)], served)).toBe('ingress/web')
})
