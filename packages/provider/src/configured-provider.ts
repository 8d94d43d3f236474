import type { Capabilities } from './capabilities.ts'
import type { Provider, ProviderContext, Routing } from './provider.ts'
import { variantOf } from './variant.ts'

/** What opening an account still needs once parameters and credentials are known. */
export type OpenContext = Omit<ProviderContext<unknown, unknown>, 'parameters' | 'credentials'>

/** A provider with its settings: one account. This is what the engine is given. */
export interface ConfiguredProvider {
  readonly name: string
  readonly providerIDPrefix: string
  readonly capabilities: Capabilities
  /** What it speaks with when whoever opens it has nothing better: the platform's, in providers made for libraries. */
  readonly fetch?: typeof globalThis.fetch
  /** Opens the account. Nothing is asked of the cloud before a method of the result is called. */
  open(context: OpenContext): Routing
}

/**
 * Binds validated settings to a provider (see `parseSettings`).
 *
 * @example
 * const account = configureProvider(acme, { parameters: { apiUrl }, credentials: { token } })
 */
export function configureProvider<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  settings: {
    readonly parameters: Parameters
    readonly credentials: Credentials
    readonly fetch?: ConfiguredProvider['fetch']
  },
): ConfiguredProvider {
  const { name, providerIDPrefix } = provider
  const { capabilities } = variantOf(provider, settings.parameters)
  const { fetch, ...given } = settings
  return {
    name,
    providerIDPrefix,
    capabilities,
    ...(fetch === undefined ? {} : { fetch }),
    open: (context) => provider.create({ ...context, ...given }),
  }
}
