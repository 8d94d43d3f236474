import type { Clock } from '@failover-ip/provider'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { unitOf } from '../domain/unit.ts'
import { earliest } from '../plan/earliest.ts'
import type { AccountBook } from './account-book.ts'
import { defaults } from './defaults.ts'

export interface UpkeepOptions {
  readonly clock: Clock
  readonly accounts: AccountBook
  readonly signal: AbortSignal
  readonly onNews: () => void
  readonly track: (task: Promise<void>) => void
}

/** What providers keep beside the routing, like firewall rules: looked after when the units of an account change, and now and then. */
export interface Upkeep {
  /** Returns the local monotonic moment to be asked again. */
  look(failoverIPs: readonly FailoverIPInput[]): number | undefined
}

/** What was kept last, and when to look again; no moment: it is being looked after. */
interface Kept {
  readonly units: string
  readonly again: number | undefined
}

export function createUpkeep({ clock, accounts, signal, onNews, track }: UpkeepOptions): Upkeep {
  const keeping = new Map<string, Kept>()
  const tend = async (key: string, units: readonly string[], keep: () => Promise<void>): Promise<void> => {
    let pause: number = defaults.upkeepRetry
    keeping.set(key, { units: units.join(), again: undefined })
    try {
      await keep()
      pause = defaults.upkeepInterval
    } finally {
      keeping.set(key, { units: units.join(), again: clock.monotonic() + pause })
      onNews()
    }
  }
  return {
    look: (failoverIPs) => {
      const { known } = accounts
      const users = Map.groupBy(failoverIPs, ({ account }) => account)
      for (const key of keeping.keys()) if (!known.has(key)) keeping.delete(key)
      return earliest(
        [...known].map(([key, { account }]) => {
          const { routing, capabilities } = account
          if (routing.upkeep === undefined) return undefined
          const ours = (users.get(key) ?? []).flatMap(({ addresses }) => addresses)
          const units = new Set(ours.flatMap((address) => unitOf(address, capabilities.unitPrefixLength) ?? []))
          const wanted = [...units].sort()
          const kept = keeping.get(key)
          if (kept !== undefined && kept.again === undefined) return undefined
          if (kept?.units === wanted.join() && clock.monotonic() < (kept.again ?? 0)) return kept.again
          track(tend(key, wanted, async () => routing.upkeep?.(wanted, { signal })))
          return undefined
        }),
      )
    },
  }
}
