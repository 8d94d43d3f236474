import type { Clock } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import { decorateRouting } from '../routing/decorate-routing.ts'
import type { ProviderCall } from '../routing/provider-call.ts'
import { createAccountReader, type AccountReader, type AccountReaderOptions } from './account-reader.ts'
import { defaults } from './defaults.ts'

export interface AccountBookOptions extends AccountReaderOptions {
  readonly clock: Clock
  readonly onProviderCall?: (call: ProviderCall) => void
  /** The account has other credentials or parameters than before. */
  readonly onRenewed: (account: string) => void
}

/** The accounts, each with decorated routing and what was read of it. */
export interface AccountBook {
  update(accounts: readonly Account[]): void
  get(key: string | undefined): Account | undefined
  readerOf(key: string): AccountReader | undefined
  readonly keys: Iterable<string>
  doubtServers(key: string): void
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
  return {
    update: (accounts) => {
      const keys = new Set(accounts.map(({ key }) => key))
      for (const key of entries.keys()) if (!keys.has(key)) entries.delete(key)
      for (const given of accounts) {
        const old = entries.get(given.key)
        if (old?.given === given) continue
        const reader = old?.reader ?? createAccountReader(options)
        const isRenewed = old !== undefined && old.given.routing !== given.routing
        const account = old === undefined || isRenewed ? decorate(given) : { ...given, routing: old.account.routing }
        entries.set(given.key, { given, account, reader })
        if (isRenewed) options.onRenewed(given.key)
      }
    },
    get: (key) => (key === undefined ? undefined : entries.get(key)?.account),
    readerOf: (key) => entries.get(key)?.reader,
    get keys() {
      return entries.keys()
    },
    doubtServers: (key) => entries.get(key)?.reader.doubtServers(),
  }
}
