import { ManifestError } from './manifest-error.ts'
import type { Provider } from './provider.ts'

/**
 * Declares a provider. Throws `ManifestError` when the manifest contradicts itself, so that a mistake shows at import.
 *
 * @example
 * export const acme: Provider<AcmeParameters, AcmeCredentials> = defineProvider({
 *   specificationVersion: 'v1', name: 'acme', providerIDPrefix: 'acme://', parameters, credentials, capabilities,
 *   create: ({ credentials, fetch }) => createAcmeRouting({ token: credentials.token, fetch }),
 * })
 */
export function defineProvider<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
): Provider<Parameters, Credentials> {
  const problems = manifestProblems(provider)
  if (problems.length > 0) throw new ManifestError(provider.name, problems)
  return Object.freeze({ ...provider })
}

function manifestProblems(provider: Provider<never, never> | Provider): string[] {
  const { capabilities } = provider
  const { ipv4, ipv6 } = capabilities.unitPrefixLength
  const problems: string[] = []
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem)
  }
  check(provider.specificationVersion === 'v1', 'specificationVersion must be "v1"')
  check(/^[a-z][a-z0-9-]{0,29}$/.test(provider.name), 'name must be lower-case letters, digits and dashes, at most 30')
  check(provider.providerIDPrefix.endsWith('://'), 'providerIDPrefix must end with "://"')
  check(ipv4 !== undefined || ipv6 !== undefined, 'unitPrefixLength must name at least one family')
  check(ipv4 === undefined || isWithin(ipv4, 1, 32), 'unitPrefixLength.ipv4 must be 1 to 32')
  check(ipv6 === undefined || isWithin(ipv6, 1, 128), 'unitPrefixLength.ipv6 must be 1 to 128')
  check(capabilities.slotsPerServer === null || capabilities.slotsPerServer >= 1, 'slotsPerServer must be 1 or more')
  check(capabilities.move === 'direct' || capabilities.release, `move "${capabilities.move}" needs release: true`)
  check(isWithin(capabilities.eventualReadSeconds, 0, 600), 'eventualReadSeconds must be 0 to 600')
  check(isWithin(capabilities.coolDownSeconds, 0, 86_400), 'coolDownSeconds must be 0 to 86400')
  for (const window of capabilities.accountWindows) {
    check(window.mutations >= 1 && window.seconds >= 1, 'accountWindows need mutations and seconds of 1 or more')
  }
  return problems
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isFinite(value) && value >= least && value <= most
}
