import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isProvider, type Provider, type UnverifiedFact } from '@failover-ip/provider'
import { LiveError } from './live-error.ts'

export interface LoadedProvider {
  readonly provider: Provider
  readonly unverifiedFacts: readonly UnverifiedFact[]
}

/** The provider that a package exports, found as from a module in `folder`. `name` chooses among several. */
export async function loadProvider(specifier: string, folder: string, name?: string): Promise<LoadedProvider> {
  const exported = await importFrom(specifier, folder)
  const providers = Object.values<unknown>({ ...exported }).filter(isProvider)
  const chosen = providers.filter((provider) => name === undefined || provider.name === name)
  const [provider] = chosen
  if (provider === undefined || chosen.length > 1) {
    const names = providers.map((one) => one.name).join(', ')
    throw new LiveError(
      providers.length === 0
        ? `${specifier} exports no provider.`
        : `${specifier} exports the providers ${names}. Choose one by --provider NAME.`,
    )
  }
  const facts: unknown = 'unverifiedFacts' in exported ? exported.unverifiedFacts : []
  return { provider, unverifiedFacts: Array.isArray(facts) ? facts.filter(isFact) : [] }
}

async function importFrom(specifier: string, folder: string): Promise<object> {
  try {
    const path = createRequire(join(folder, 'anything.js')).resolve(specifier)
    const module: unknown = await import(pathToFileURL(path).href)
    return typeof module === 'object' && module !== null ? module : {}
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new LiveError(
      `${specifier} cannot be loaded: ${why.replace(/\.$/, '')}. Install it here, or name a file as ./provider.js.`,
    )
  }
}

function isFact(value: unknown): value is UnverifiedFact {
  return typeof value === 'object' && value !== null && 'claim' in value && 'judge' in value
}
