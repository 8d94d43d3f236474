import type { ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import type { ClassRecord } from '../caches/class-record.ts'
import type { LastGood } from './last-good.ts'
import type { ServedClass } from './served-class.ts'

/**
 * The classes of this operator that can be worked with, by name. One whose spec became unreadable keeps its last good
 * spec; one whose status is unreadable is left out, since what it says of past operations is not known.
 */
export function servedClasses(
  records: readonly ClassRecord[],
  lastGood: LastGood<ParsedFailoverIPClass>,
): ReadonlyMap<string, ServedClass> {
  const served = new Map<string, ServedClass>()
  for (const record of records) {
    const { name, uid } = record
    if (record.kind === 'own') {
      lastGood.remember(uid, record.value)
      served.set(name, { name, uid, value: record.value, broken: undefined })
    } else if (record.kind === 'unreadable' && record.status !== undefined) {
      const { problem, status } = record
      const value = lastGood.get(uid)
      if (value !== undefined) served.set(name, { name, uid, value: { ...value, status }, broken: problem.message })
    }
  }
  lastGood.keepOnly(new Set(records.map(({ uid }) => uid)))
  return served
}
