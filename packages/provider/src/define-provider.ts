import { capabilityProblems } from './capability-problems.ts'
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

function manifestProblems(provider: Provider<never, never> | Provider): readonly string[] {
  const problems: string[] = []
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem)
  }
  check(provider.specificationVersion === 'v1', 'specificationVersion must be "v1"')
  check(/^[a-z][a-z0-9-]{0,29}$/.test(provider.name), 'name must be lower-case letters, digits and dashes, at most 30')
  check(provider.providerIDPrefix.endsWith('://'), 'providerIDPrefix must end with "://"')
  return [...problems, ...capabilityProblems(provider.capabilities)]
}
