import type { Account, ProviderCall } from '@failover-ip/core'
import type { RecentOperation } from '@failover-ip/kubernetes'
import {
  configureProvider,
  type Capabilities,
  type OpenContext,
  type Provider,
  type Routing,
} from '@failover-ip/provider'
import type { SecretRecord } from '../caches/secret-record.ts'
import type { SecretState } from '../caches/secret-watches.ts'
import type { ServedClass } from '../inputs/served-class.ts'
import { readAccountSettings, type AccountSettings } from './account-settings.ts'
import type { ClassAccount, Finding } from './class-account.ts'
import { createCredentialChecks } from './credential-checks.ts'
import { createReplacedCredentials, type ReplacedCredentials } from './replaced-credentials.ts'
import type { SaveSecret } from './save-secret.ts'

/** The accounts that the classes name, opened. Every replica keeps them, so that a new leader has the last good ones. */
export interface AccountBook {
  /** Reads classes and Secrets again. One at a time. Never rejects. */
  refresh(classes: readonly ServedClass[], secretOf: (name: string) => SecretState): Promise<void>
  /** True when a class's conditions change by it. */
  noteCall(call: ProviderCall): boolean
  /** By the class's uid. */
  classAccount(uid: string): ClassAccount | undefined
  /** Those that some class uses. */
  accounts(classes: readonly ServedClass[]): readonly Account[]
}

export interface AccountBookOptions<Parameters, Credentials> {
  readonly provider: Provider<Parameters, Credentials>
  /** Of the Secrets. */
  readonly namespace: string
  readonly open: OpenContext
  /** Told the values of a Secret, to keep them out of logs. */
  readonly onSecret: (name: string, values: readonly string[]) => void
  readonly saveSecret: SaveSecret
  /** Told what a provider threw that should not have; it may quote a secret, so that no condition repeats it. */
  readonly onTrouble: (error: unknown) => void
}

type ValidSettings<Parameters, Credentials> = Extract<AccountSettings<Parameters, Credentials>, { kind: 'valid' }>

/** A class as it was read last. */
interface ReadClass {
  readonly key: string | undefined
  readonly accepted: Finding
  /** What is wrong with the Secret. */
  readonly secret: Finding | undefined
  /** Where the credentials come from, for sentences. */
  readonly credentials: string
}

interface OpenAccount {
  readonly owner: string
  readonly fingerprint: string
  readonly capabilities: Capabilities
  readonly routing: Routing
  readonly replaced: ReplacedCredentials | undefined
}

export function createAccountBook<Parameters, Credentials>(
  options: AccountBookOptions<Parameters, Credentials>,
): AccountBook {
  const { provider, namespace, open, onSecret, saveSecret, onTrouble } = options
  const checks = createCredentialChecks()
  const opened = new Map<string, OpenAccount>()
  const classes = new Map<string, ReadClass>()

  /** Whom the cloud takes the credentials for; until it has told, whoever has equal ones. */
  const ownerOf = ({ owner, routing }: OpenAccount): string => {
    try {
      return routing.accountID?.() ?? owner
    } catch (error) {
      onTrouble(error)
      return owner
    }
  }
  const openAccount = (
    { key, owner, fingerprint, parameters, credentials, secret }: ValidSettings<Parameters, Credentials>,
    secretOf: (name: string) => SecretState,
  ): void => {
    const known = opened.get(key)
    if (known?.fingerprint === fingerprint || known?.replaced?.isOwn(fingerprint) === true) return
    const current = (): SecretRecord | undefined => {
      const state = secretOf(secret?.name ?? '')
      return state.kind === 'present' ? state.data : undefined
    }
    const replaced =
      secret === undefined ? undefined : createReplacedCredentials(secret, { saveSecret, current, onSecret })
    const context = replaced === undefined ? open : { ...open, saveCredentials: replaced.save }
    const account = configureProvider(provider, { parameters, credentials })
    opened.set(key, {
      owner,
      fingerprint,
      capabilities: account.capabilities,
      routing: account.open(context),
      replaced,
    })
    checks.forget(key)
  }
  /** One class whose account cannot be opened is a problem of its own. */
  const settingsOf = async (
    { value: { spec } }: ServedClass,
    secretOf: (name: string) => SecretState,
  ): Promise<AccountSettings<Parameters, Credentials>> => {
    try {
      const settings = await readAccountSettings(provider, spec, { namespace, secretOf })
      if (settings.kind === 'valid') openAccount(settings, secretOf)
      return settings
    } catch (error) {
      onTrouble(error)
      const message = `The provider ${provider.name} fails with these settings; the operator's log says why.`
      return { kind: 'invalid', reason: 'InvalidParameters', message }
    }
  }
  const readClass = async (served: ServedClass, secretOf: (name: string) => SecretState): Promise<void> => {
    const { uid, broken } = served
    const settings = await settingsOf(served, secretOf)
    const before = classes.get(uid)?.key
    const name = served.value.spec.credentialsSecretRef?.name
    const credentials = name === undefined ? 'The account without credentials' : `The Secret ${namespace}/${name}`
    if (settings.kind === 'valid') {
      const accepted = broken === undefined ? servedBy(provider.name) : invalidSpec(broken)
      classes.set(uid, { key: settings.key, accepted, secret: undefined, credentials })
      return
    }
    const still = before !== undefined && checks.wereAccepted(before) ? ' The last good account keeps working.' : ''
    const finding: Finding =
      settings.kind === 'invalid'
        ? { status: 'False', reason: settings.reason, message: `${settings.message}${still}` }
        : { status: 'Unknown', reason: 'Pending', message: settings.message }
    const secret = ofSecret(settings) ? finding : undefined
    classes.set(uid, { key: before, accepted: finding, secret, credentials })
  }

  return {
    refresh: async (served, secretOf) => {
      for (const each of served) {
        const name = each.value.spec.credentialsSecretRef?.name
        const secret = name === undefined ? undefined : secretOf(name)
        if (name !== undefined && secret?.kind === 'present') onSecret(name, Object.values(secret.data))
        await readClass(each, secretOf)
      }
      const uids = new Set(served.map(({ uid }) => uid))
      for (const uid of classes.keys()) if (!uids.has(uid)) classes.delete(uid)
      const used = new Set([...classes.values()].map(({ key }) => key))
      for (const key of opened.keys()) {
        if (used.has(key)) continue
        opened.delete(key)
        checks.forget(key)
      }
    },
    noteCall: (call) => checks.note(call),
    classAccount: (uid) => {
      const known = classes.get(uid)
      if (known === undefined) return undefined
      const { key, accepted, secret, credentials } = known
      const credentialsValid = secret ?? checks.finding(key ?? '', credentials)
      return { key, accepted, credentialsValid }
    },
    accounts: (served) => {
      const keys = new Set<string>()
      const recent = new Map<string, RecentOperation[]>()
      for (const { uid, value } of served) {
        const key = classes.get(uid)?.key
        const account = opened.get(key ?? '')
        if (key === undefined || account === undefined) continue
        keys.add(key)
        const owner = ownerOf(account)
        recent.set(owner, [...(recent.get(owner) ?? []), ...(value.status.recentOperations ?? [])])
      }
      return [...keys].flatMap((key): Account[] => {
        const account = opened.get(key)
        if (account === undefined) return []
        const owner = ownerOf(account)
        const operations = recent.get(owner) ?? []
        const recentOperations = operations.toSorted((one, other) => (one.at < other.at ? -1 : 1))
        const { capabilities, routing } = account
        return [{ key, owner, provider: provider.name, capabilities, routing, recentOperations }]
      })
    },
  }
}

function servedBy(provider: string): Finding {
  return { status: 'True', reason: 'Accepted', message: `Served by the operator for ${provider}.` }
}

function invalidSpec(message: string): Finding {
  return { status: 'False', reason: 'InvalidSpec', message: `${message} The last good spec keeps working.` }
}

/** Whether the trouble lies in the Secret rather than in the class. */
function ofSecret(settings: { readonly kind: string; readonly reason?: string }): boolean {
  return settings.kind === 'unknown' || settings.reason === 'SecretNotFound' || settings.reason === 'InvalidSecret'
}
