import { attempt } from '../domain/isolate.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'

export interface SiftedInput {
  readonly sound: readonly FailoverIPInput[]
  /** By key: what kept it from being read at all. */
  readonly failures: ReadonlyMap<string, unknown>
}

/**
 * Keeps back FailoverIPs whose status has not the shape that all steps rely on, where they look at several at once. The
 * operator and the library validate what they read; this is the last line.
 */
export function siftInput(failoverIPs: readonly FailoverIPInput[]): SiftedInput {
  const failures = new Map<string, unknown>()
  const sound = failoverIPs.filter((failoverIP) => {
    const read = attempt(() => readThrough(failoverIP))
    if (!read.ok) failures.set(failoverIP.key, read.error)
    return read.ok
  })
  return { sound, failures }
}

function readThrough({ status, addresses }: FailoverIPInput): void {
  const { addresses: records = [], conditions = [], standbys = [] } = status
  for (const list of [records, conditions, standbys, addresses]) {
    if (!Array.isArray(list)) throw new TypeError('a list of its status or spec is none')
  }
  for (const { unit, epoch, operation } of records) {
    if (typeof unit !== 'string' || typeof epoch !== 'number')
      throw new TypeError('a record of its status is incomplete')
    if (operation !== undefined && typeof operation.id !== 'string') throw new TypeError('an operation has no id')
  }
  for (const { type } of conditions) {
    if (typeof type !== 'string') throw new TypeError('a condition has no type')
  }
}
