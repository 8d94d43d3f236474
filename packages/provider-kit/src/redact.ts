const replacement = '[redacted]'
/** Shorter strings are no secrets, and replacing them would make any text unreadable. */
const shortestSecret = 4
const deepestCause = 8

/**
 * Replaces each secret in the text, also where it appears percent-encoded or in Base64.
 *
 * @example
 * redact('key 11111111-aaaa is wrong', ['11111111-aaaa']) // 'key [redacted] is wrong'
 */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret), toBase64(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((redacted, secret) => redacted.replaceAll(secret, replacement), text)
}

/**
 * A copy of an error that is safe to log: name, message, stack, code and causes with the secrets replaced, and nothing
 * else, since unknown properties (a request, a body) may hold more.
 */
export function redactError(error: unknown, secrets: readonly string[]): Error {
  return copyError(error, (text) => redact(text, secrets), 0)
}

function copyError(error: unknown, clean: (text: string) => string, depth: number): Error {
  if (!(error instanceof Error)) return new Error(clean(String(error)))
  const hasCause = error.cause !== undefined && depth < deepestCause
  const copy = new Error(
    clean(error.message),
    hasCause ? { cause: copyError(error.cause, clean, depth + 1) } : undefined,
  )
  copy.name = error.name
  copy.stack = clean(error.stack ?? copy.message)
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' ? Object.assign(copy, { code }) : copy
}

function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
