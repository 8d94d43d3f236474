import type { Capabilities } from './capabilities.ts'
import type { Provider, ProviderContext, Routing } from './provider.ts'

/** What opening an account still needs once parameters and credentials are known. */
export type OpenContext = Omit<ProviderContext<unknown, unknown>, 'parameters' | 'credentials'>

/** A provider with its settings: one account. This is what the engine is given. */
export interface ConfiguredProvider {
  readonly name: string
  readonly providerIDPrefix: string
  readonly capabilities: Capabilities
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
  settings: { readonly parameters: Parameters; readonly credentials: Credentials },
): ConfiguredProvider {
  const { name, providerIDPrefix, capabilities } = provider
  return {
    name,
    providerIDPrefix,
    capabilities,
    open: (context) => provider.create({ ...context, ...settings }),
  }
}
