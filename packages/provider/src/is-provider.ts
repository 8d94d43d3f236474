import type { Provider } from './provider.ts'

/**
 * Whether a value is a provider, also one that another copy of this package has defined: for programs that load packages by
 * name and look for what they export.
 *
 * @example
 * const providers = Object.values<unknown>(await import('./acme.js')).filter(isProvider)
 */
export function isProvider(value: unknown): value is Provider {
  return (
    typeof value === 'object' &&
    value !== null &&
    'specificationVersion' in value &&
    value.specificationVersion === 'v1' &&
    'create' in value &&
    typeof value.create === 'function'
  )
}
