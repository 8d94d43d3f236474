import type { Clock } from '@failover-ip/provider'
import { earliest } from '../plan/earliest.ts'
import { defaults } from './defaults.ts'

/** FailoverIPs whose last write failed: they are given time, so that the input shows the new state before the next one. */
export interface WriteBlocks {
  block(key: string): void
  unblock(key: string): void
  isBlocked(key: string): boolean
  keepOnly(keys: ReadonlySet<string>): void
  /** When the first of them ends. */
  readonly endsAt: number | undefined
}

export function createWriteBlocks(clock: Clock): WriteBlocks {
  const blocks = new Map<string, { readonly failures: number; readonly until: number }>()
  const isBlocked = (key: string): boolean => (blocks.get(key)?.until ?? 0) > clock.monotonic()
  return {
    block: (key) => {
      const failures = (blocks.get(key)?.failures ?? 0) + 1
      const wait = Math.min(defaults.storeBackOff * 2 ** (failures - 1), defaults.mostStoreBackOff)
      blocks.set(key, { failures, until: clock.monotonic() + wait })
    },
    unblock: (key) => void blocks.delete(key),
    isBlocked,
    keepOnly: (keys) => {
      for (const key of blocks.keys()) if (!keys.has(key)) blocks.delete(key)
    },
    get endsAt() {
      return earliest([...blocks].map(([key, { until }]) => (isBlocked(key) ? until : undefined)))
    },
  }
}
