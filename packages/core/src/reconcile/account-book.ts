import type { Clock } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import { attempt } from '../domain/isolate.ts'
import { decorateRouting } from '../routing/decorate-routing.ts'
import type { ProviderCall } from '../routing/provider-call.ts'
import type { AccountKnowledge } from '../snapshot/take-snapshot.ts'
import { createAccountReader, type AccountReader, type AccountReaderOptions } from './account-reader.ts'
import { defaults } from './defaults.ts'

export interface AccountBookOptions extends AccountReaderOptions {
  readonly clock: Clock
  readonly onProviderCall?: (call: ProviderCall) => void
  /** The account has other credentials or parameters than before. */
  readonly onRenewed: (account: string) => void
  /** Told of an account that cannot be taken up. It counts as absent, and the others are served. */
  readonly onTrouble: (error: unknown) => void
}

/** The accounts, each with decorated routing and what was read of it. */
export interface AccountBook {
  update(accounts: readonly Account[]): void
  get(key: string | undefined): Account | undefined
  readerOf(key: string): AccountReader | undefined
  /** Each with what was read of it until now. */
  readonly known: ReadonlyMap<string, AccountKnowledge>
  doubtServers(key: string): void
  recountSlots(key: string): void
}

export function createAccountBook(options: AccountBookOptions): AccountBook {
  const { clock, onProviderCall } = options
  const entries = new Map<
    string,
    { readonly given: Account; readonly account: Account; readonly reader: AccountReader }
  >()
  const decorate = (account: Account): Account => ({
    ...account,
    routing: decorateRouting(account.routing, {
      clock,
      account: account.key,
      readDeadline: defaults.readDeadline,
      changeDeadline: defaults.changeDeadline,
      ...(onProviderCall === undefined ? {} : { onCall: onProviderCall }),
    }),
  })
  const take = (given: Account): void => {
    const old = entries.get(given.key)
    if (old?.given === given) return
    const reader = old?.reader ?? createAccountReader(options)
    const isRenewed = old !== undefined && old.given.routing !== given.routing
    const account = old === undefined || isRenewed ? decorate(given) : { ...given, routing: old.account.routing }
    entries.set(given.key, { given, account, reader })
    if (!isRenewed) return
    reader.renew()
    options.onRenewed(given.key)
  }
  return {
    update: (accounts) => {
      const keys = new Set(accounts.map(({ key }) => key))
      for (const key of entries.keys()) if (!keys.has(key)) entries.delete(key)
      for (const given of accounts) {
        const taken = attempt(() => take(given))
        if (taken.ok) continue
        entries.delete(given.key)
        options.onTrouble(taken.error)
      }
    },
    get: (key) => (key === undefined ? undefined : entries.get(key)?.account),
    readerOf: (key) => entries.get(key)?.reader,
    get known() {
      return new Map(
        [...entries].map(
          ([
            key,
            {
              account,
              reader: { servers, readings },
            },
          ]) => [key, { account, servers, readings }],
        ),
      )
    },
    doubtServers: (key) => entries.get(key)?.reader.doubtServers(),
    recountSlots: (key) => entries.get(key)?.reader.recountSlots(),
  }
}
