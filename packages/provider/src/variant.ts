import { capabilityProblems } from './capability-problems.ts'
import { ManifestError } from './manifest-error.ts'
import type { Provider, Variant } from './provider.ts'

/**
 * What a provider can do, and which credentials it wants, with these parameters. Throws `ManifestError` when the variant
 * contradicts itself or speaks of other units than the manifest.
 */
export function variantOf<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  parameters: Parameters,
): Variant<Credentials> {
  if (provider.variant === undefined) return provider
  const variant = provider.variant(parameters)
  const { ipv4, ipv6 } = provider.capabilities.unitPrefixLength
  const units = variant.capabilities.unitPrefixLength
  const isSame = units.ipv4 === ipv4 && units.ipv6 === ipv6
  const problems = [
    ...(isSame ? [] : ['a variant must have the unitPrefixLength of the manifest']),
    ...capabilityProblems(variant.capabilities),
  ]
  if (problems.length > 0) throw new ManifestError(provider.name, problems)
  return variant
}
