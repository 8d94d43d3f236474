import { createHash } from 'node:crypto'
import type { Reason } from '@failover-ip/core'
import type { FailoverIPClassSpec } from '@failover-ip/kubernetes'
import { parseSettings, variantOf, type Provider } from '@failover-ip/provider'
import type { SecretRecord } from '../caches/secret-record.ts'
import type { SecretState } from '../caches/secret-watches.ts'

/** A class's parameters and credentials, validated. */
export type AccountSettings<Parameters, Credentials> =
  | {
      readonly kind: 'valid'
      /** Equal for classes with the same Secret and parameters, whatever the Secret holds: they share an account. */
      readonly key: string
      /** Equal for equal credentials, whichever Secret holds them: the cloud counts their changes together. */
      readonly owner: string
      /** Changes when anything of it does; holds no secret. */
      readonly fingerprint: string
      readonly parameters: Parameters
      readonly credentials: Credentials
      /** Where the credentials came from; undefined when the class names none. */
      readonly secret: SecretSource | undefined
    }
  | { readonly kind: 'invalid'; readonly reason: Reason; readonly message: string }
  /** The Secret is not known yet. */
  | { readonly kind: 'unknown'; readonly message: string }

export interface SecretSource {
  readonly name: string
  readonly data: SecretRecord
  /** What `fingerprint` would be if the Secret held this. */
  readonly fingerprintWith: (data: SecretRecord) => string
}

export interface Secrets {
  readonly namespace: string
  readonly secretOf: (name: string) => SecretState
}

/** Reads what a class says about its account. Repeats no value of the Secret. Rejects with what the provider throws. */
export async function readAccountSettings<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  { parameters: given, credentialsSecretRef }: FailoverIPClassSpec,
  { namespace, secretOf }: Secrets,
): Promise<AccountSettings<Parameters, Credentials>> {
  const parameters = await parseSettings(provider.parameters, given)
  if (!parameters.ok) {
    const message = `spec.parameters of the class: ${parameters.problems.join('; ')}.`
    return { kind: 'invalid', reason: 'InvalidParameters', message }
  }
  const name = credentialsSecretRef?.name
  const path = `${namespace}/${name ?? ''}`
  const secret = name === undefined ? { kind: 'present' as const, data: {} } : secretOf(name)
  if (secret.kind === 'absent') {
    const message = `There is no Secret ${path}: create it with the credentials for ${provider.name}.`
    return { kind: 'invalid', reason: 'SecretNotFound', message }
  }
  if (secret.kind === 'unknown') {
    const why = secret.problem?.message ?? 'It was not read yet.'
    return { kind: 'unknown', message: `The Secret ${path} is not known: ${why}` }
  }
  const credentials = await parseSettings(variantOf(provider, parameters.value).credentials, secret.data)
  if (!credentials.ok) {
    const where = name === undefined ? 'The class names no credentialsSecretRef' : `The Secret ${path} cannot be used`
    return { kind: 'invalid', reason: 'InvalidSecret', message: `${where}: ${credentials.problems.join('; ')}.` }
  }
  // As they were read: what is left out and what is spelled out as its default are the same account.
  const account = canonicalJson({ secret: name ?? null, parameters: parameters.value })
  const fingerprintWith = (data: SecretRecord): string => hash(account + canonicalJson(data))
  return {
    kind: 'valid',
    key: `${name ?? provider.name}-${hash(account).slice(0, 8)}`,
    owner: hash(canonicalJson(credentials.value)),
    fingerprint: fingerprintWith(secret.data),
    parameters: parameters.value,
    credentials: credentials.value,
    secret: name === undefined ? undefined : { name, data: secret.data, fingerprintWith },
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON with the keys of objects in order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
