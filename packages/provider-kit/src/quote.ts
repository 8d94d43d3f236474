import { redact } from './redact.ts'

/** Longest text of a cloud's own that an error repeats. */
const longest = 200

/**
 * A cloud's own words, as an error may repeat them: on one line, without secrets, and not too many. The cut comes last:
 * half a secret would not be known for one.
 *
 * @example
 * throw new ProviderError('Invalid', `Acme refused it: ${quote(body.message, [token])}.`, { outcome: 'not-applied' })
 */
export function quote(text: string, secrets: readonly string[]): string {
  return redact(text.replaceAll(/\s+/g, ' ').trim(), secrets).slice(0, longest)
}
