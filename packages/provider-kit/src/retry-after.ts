/** A longer wait is taken for a mistake of the sender: the value is cut to a day. */
export const longestWait = 86_400

/**
 * The wait that a `Retry-After` header asks for, in seconds, from both of its forms (RFC 9110, 10.2.3). `undefined` when
 * there is none or it cannot be read.
 *
 * @param now wall time in milliseconds since the Unix epoch, for the form with a date
 */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value), longestWait)
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, Math.ceil((at - now) / 1000)), longestWait)
}
