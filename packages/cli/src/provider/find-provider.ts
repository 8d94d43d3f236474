// The bundle has a createRequire of its own.
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isProvider, type Provider } from '@failover-ip/provider'
import { UsageError } from '../command/usage-error.ts'

/** The provider that serves a controllerName; undefined when it is not known here. */
export type FindProvider = (controllerName: string) => Promise<Provider | undefined>

/** Those that this package brings, each loaded when it is asked for. */
const bundled: Readonly<Record<string, () => Promise<Provider>>> = {
  scaleway: async () => (await import('@failover-ip/provider-scaleway')).scaleway,
  netcup: async () => (await import('@failover-ip/provider-netcup')).netcup,
  digitalocean: async () => (await import('@failover-ip/provider-digitalocean')).digitalocean,
}

const defaultController = /^failover-ip\.dev\/(?<name>[a-z0-9-]+)$/

/**
 * Finds providers among those named by the user and those of this package: by the controllerName that an operator has
 * unless told otherwise; one with another controllerName belongs to the only provider that was named.
 */
export function createFindProvider(named: readonly Provider[]): FindProvider {
  return async (controllerName) => {
    const name = defaultController.exec(controllerName)?.groups?.['name']
    const chosen = named.find((provider) => provider.name === name)
    if (chosen !== undefined) return chosen
    if (name !== undefined && Object.hasOwn(bundled, name)) return bundled[name]?.()
    return named.length === 1 ? named[0] : undefined
  }
}

/**
 * The providers that a package or file exports, found as from a module in `folder`; or the bundled one of this name. Runs
 * the module's code. Throws `UsageError`.
 */
export async function loadProviders(specifier: string, folder: string): Promise<readonly Provider[]> {
  const own = Object.hasOwn(bundled, specifier) ? bundled[specifier] : undefined
  if (own !== undefined) return [await own()]
  const exported = await importFrom(specifier, folder)
  const providers = Object.values<unknown>({ ...exported }).filter(isProvider)
  if (providers.length === 0) throw new UsageError(`--provider-package: ${specifier} exports no provider.`)
  return providers
}

async function importFrom(specifier: string, folder: string): Promise<object> {
  try {
    const path = nodeModule.createRequire(join(folder, 'anything.js')).resolve(specifier)
    const module: unknown = await import(pathToFileURL(path).href)
    return typeof module === 'object' && module !== null ? module : {}
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UsageError(
      `--provider-package: ${specifier} cannot be loaded: ${why.replace(/\.$/, '')}. Install it here, or name a file as ./provider.js.`,
    )
  }
}
