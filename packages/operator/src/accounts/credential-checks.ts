import { operationNames, type ProviderCall } from '@failover-ip/core'
import type { Finding } from './class-account.ts'

/** What the provider has said about each account's credentials, learned from the calls that are made anyway. */
export interface CredentialChecks {
  /** True when it changes what is known. */
  note(call: ProviderCall): boolean
  /** New credentials have not been tried. */
  forget(account: string): void
  /** Whether the provider has ever taken them. */
  wereAccepted(account: string): boolean
  /** @param credentials where they come from, like `The Secret failover-ip/scaleway` */
  finding(account: string, credentials: string): Finding
}

type Operation = ProviderCall['operation']

interface Known {
  /** Some call was answered. */
  readonly accepted: boolean
  /** What the provider said of each operation that it refused last time, when it first did. */
  readonly denied: ReadonlyMap<Operation, string>
}

const nothing: Known = { accepted: false, denied: new Map() }

export function createCredentialChecks(): CredentialChecks {
  const known = new Map<string, Known>()
  const knownOf = (account: string): Known => known.get(account) ?? nothing
  return {
    note: ({ account, operation, outcome, error }) => {
      if (outcome !== 'ok' && outcome !== 'Denied') return false
      const old = knownOf(account)
      const denied = new Map(old.denied)
      if (outcome === 'ok') denied.delete(operation)
      else if (!denied.has(operation)) denied.set(operation, error?.message ?? 'The provider does not say why.')
      // A provider that cannot be asked for states answers that it does not know them.
      const accepted = old.accepted || (outcome === 'ok' && operation !== 'serverStates')
      known.set(account, { accepted, denied })
      return old.accepted !== accepted || old.denied.size !== denied.size
    },
    forget: (account) => {
      known.delete(account)
    },
    wereAccepted: (account) => knownOf(account).accepted,
    finding: (account, credentials) => {
      const { accepted, denied } = knownOf(account)
      const [first] = denied.values()
      if (first !== undefined) {
        const what = [...denied.keys()].map((operation) => operationNames[operation]).toSorted()
        const message = `${credentials} is refused for ${what.join(', ')}: ${first}`
        return { status: 'False', reason: 'CredentialsRefused', message }
      }
      return accepted
        ? { status: 'True', reason: 'Valid', message: 'The provider takes the credentials.' }
        : {
            status: 'Unknown',
            reason: 'NotChecked',
            message: 'The provider has not answered yet with these credentials.',
          }
    },
  }
}
