import { unitOf, withDeadline } from '@failover-ip/core'
import { secretResource, version, type KubernetesClient, type ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import {
  createSaveSecret,
  readAccountSettings,
  secretRecordOf,
  type AccountSettings,
  type SecretRecord,
} from '@failover-ip/operator/preflight'
import {
  configureProvider,
  isProviderError,
  type Capabilities,
  type Clock,
  type NodeFacts,
  type Observation,
  type Provider,
  type ServerMatch,
} from '@failover-ip/provider'
import type { ReviewAccess } from '../cluster/access-review.ts'
import { reading } from '../cluster/reading.ts'
import type { FindProvider } from './find-provider.ts'

/** What a class's account says, or why it was not asked. */
export type AccountAnswer =
  | {
      readonly kind: 'asked'
      readonly provider: string
      readonly capabilities: Capabilities
      /** By unit. */
      readonly observations: ReadonlyMap<string, Observation>
      readonly matches: readonly ServerMatch[]
      /** What the provider says when it refuses the credentials. */
      readonly denied: string | undefined
    }
  /** Parameters or Secret cannot be used; a sentence. */
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'notAsked'; readonly why: string }

export interface AskContext {
  readonly client: KubernetesClient
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly findProvider: FindProvider
  /** Of the Secrets. */
  readonly operatorNamespace: string
  readonly review: ReviewAccess
  readonly signal: AbortSignal
}

export interface Question {
  readonly addresses: readonly string[]
  readonly nodes: readonly NodeFacts[]
}

/** Milliseconds for all that is asked of one account. */
const deadline = 30_000

/** Reads at the provider, with the class's own credentials. */
export async function askAccount(
  { spec, name }: ParsedFailoverIPClass,
  question: Question,
  context: AskContext,
): Promise<AccountAnswer> {
  const { client, findProvider, operatorNamespace: namespace, signal } = context
  const provider = await findProvider(spec.controllerName)
  if (provider === undefined) {
    const why = `Which provider ${spec.controllerName} is, is not known here: name its package by --provider-package, to ask it too.`
    return { kind: 'notAsked', why }
  }
  const secretName = spec.credentialsSecretRef?.name ?? ''
  const path = `${namespace}/${secretName}`
  const secret =
    secretName === ''
      ? ({ kind: 'absent' } as const)
      : await reading(`the Secret ${path}`, client.get(secretResource, { namespace, name: secretName }, { signal }))
  if (secret.kind === 'unread') return { kind: 'notAsked', why: secret.why }
  if (secret.kind === 'read' && !(await mayKeepReplacement(context, secretName))) {
    const why = `You may not patch the Secret ${path}: a cloud may replace a token when it is used, and the new one has to be kept.`
    return { kind: 'notAsked', why }
  }
  const data = secret.kind === 'read' ? secretRecordOf(secret.value) : undefined
  const secretOf = () => (data === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'present', data } as const))
  const settings = await readAccountSettings(provider, spec, { namespace, secretOf })
  if (settings.kind !== 'valid') return { kind: 'invalid', why: settings.message }
  return askProvider({ provider, settings, data, label: name }, question, context)
}

/** Where that cannot be asked it is taken for granted: who may read a Secret may nearly always write it. */
async function mayKeepReplacement({ review, operatorNamespace, signal }: AskContext, name: string): Promise<boolean> {
  const right = { verb: 'patch', group: '', resource: 'secrets', namespace: operatorNamespace, name }
  return (await review(right, { signal })) !== 'denied'
}

interface OpenAccount {
  readonly provider: Provider
  readonly settings: Extract<AccountSettings<unknown, unknown>, { kind: 'valid' }>
  readonly data: SecretRecord | undefined
  readonly label: string
}

async function askProvider(
  { provider, settings, data, label }: OpenAccount,
  { addresses, nodes }: Question,
  context: AskContext,
): Promise<AccountAnswer> {
  const { clock, fetch, signal } = context
  const account = configureProvider(provider, settings)
  const { capabilities } = account
  const units = [...new Set(addresses.flatMap((address) => unitOf(address, capabilities.unitPrefixLength) ?? []))]
  try {
    const routing = account.open({
      fetch,
      clock,
      userAgent: `failover-ip/${version}`,
      ...(data === undefined ? {} : { saveCredentials: keepReplaced(context, settings, data) }),
    })
    const what = `asking ${provider.name}`
    const [observed, matches] = await withDeadline({ clock, milliseconds: deadline, signal, what }, (bounded) =>
      Promise.all([routing.observe(units, { signal: bounded }), routing.resolve(nodes, { signal: bounded })]),
    )
    const observations = new Map(observed.map((observation) => [observation.unit, observation]))
    const refusals = observed.flatMap((each) =>
      each.kind === 'unknown' && each.error.code === 'Denied' ? [each.error.message] : [],
    )
    return { kind: 'asked', provider: provider.name, capabilities, observations, matches, denied: refusals[0] }
  } catch (error) {
    signal.throwIfAborted()
    // What is no ProviderError may quote a secret.
    const why = isProviderError(error) ? error.message : `The provider ${provider.name} gives no answer for ${label}.`
    if (!isProviderError(error) || error.code !== 'Denied') return { kind: 'notAsked', why }
    const nothing = { observations: new Map(), matches: [] }
    return { kind: 'asked', provider: provider.name, capabilities, ...nothing, denied: why }
  }
}

/** The one write that a check may make: without it the operator would be left with a token that is worth nothing. */
function keepReplaced(
  { client, operatorNamespace: namespace }: AskContext,
  { secret }: OpenAccount['settings'],
  data: SecretRecord,
): (change: SecretRecord, options: { readonly signal: AbortSignal }) => Promise<void> {
  const nothing = (): void => undefined
  const save = createSaveSecret({
    client,
    namespace,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  })
  let current = data
  return async (change, options) => {
    await save(secret?.name ?? '', current, change, options)
    current = { ...current, ...change }
  }
}
