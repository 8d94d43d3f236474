import type { ProviderCall } from '@failover-ip/core'
import type { Finding } from './class-account.ts'

/** What the provider has said about each account's credentials, learned from the calls that are made anyway. */
export interface CredentialChecks {
  /** True when it changes what is known. */
  note(call: ProviderCall): boolean
  /** New credentials have not been tried. */
  forget(account: string): void
  finding(account: string): Finding
}

interface Known {
  /** Some call was answered. */
  readonly accepted: boolean
  /** Operations that were refused last time. */
  readonly denied: ReadonlySet<string>
}

export function createCredentialChecks(): CredentialChecks {
  const known = new Map<string, Known>()
  return {
    note: ({ account, operation, outcome }) => {
      if (outcome !== 'ok' && outcome !== 'Denied') return false
      const old = known.get(account)
      const denied = new Set(old?.denied)
      if (outcome === 'ok') denied.delete(operation)
      else denied.add(operation)
      const accepted = (old?.accepted ?? false) || outcome === 'ok'
      known.set(account, { accepted, denied })
      return old?.accepted !== accepted || old.denied.size !== denied.size
    },
    forget: (account) => {
      known.delete(account)
    },
    finding: (account) => {
      const { accepted, denied } = known.get(account) ?? { accepted: false, denied: new Set() }
      if (denied.size > 0) {
        const what = [...denied].toSorted().join(', ')
        return { status: 'False', reason: 'CredentialsRefused', message: `The provider refuses: ${what}.` }
      }
      return accepted
        ? { status: 'True', reason: 'Valid', message: 'The provider takes the credentials.' }
        : { status: 'Unknown', reason: 'NotChecked', message: 'The credentials have not been tried yet.' }
    },
  }
}
