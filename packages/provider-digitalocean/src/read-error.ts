import type { CloudError, RefusedAnswer } from '@failover-ip/provider-kit'
import { retryAfterSeconds } from '@failover-ip/provider-kit'
import type { ProviderErrorCode } from '@failover-ip/provider'
import { z } from 'zod'

/** The bodies of errors. Fields of another type count as absent. */
const errorBody = z.object({ id: z.string().catch(''), message: z.string().catch('') }).catch({ id: '', message: '' })

/**
 * What DigitalOcean's answer says beyond its status. That an action is under way is told by the text alone, in words that
 * were seen for addresses and for Droplets; in other words it would be taken for a plain refusal.
 *
 * @param now wall time in milliseconds since the Unix epoch
 */
export function readError(answer: RefusedAnswer, now: number): CloudError {
  const { id, message } = errorBody.parse(answer.json)
  const text = message.replaceAll(/\s+/g, ' ').replace(/\.$/, '').trim()
  const wait = answer.status === 429 ? resetSeconds(answer.headers, now) : undefined
  return {
    message: `${text}${adviceOf(answer.status, id)}`,
    code: codeOf(answer.status, id, message),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  }
}

/** That something is not there is DigitalOcean's own word, with its own name for it; anything in between may answer 404. */
function codeOf(status: number, id: string, message: string): ProviderErrorCode | undefined {
  if (status === 422 && /pending event/i.test(message)) return 'Busy'
  return status === 404 && id !== 'not_found' ? 'Transient' : undefined
}

/** `ratelimit-reset` is a moment in Unix seconds; a `Retry-After` says more exactly when to come back. */
function resetSeconds(headers: Headers, now: number): number | undefined {
  const asked = retryAfterSeconds(headers, now)
  const reset = headers.get('ratelimit-reset') ?? ''
  if (asked !== undefined || !/^\d{1,12}$/.test(reset)) return asked
  return Math.max(Math.ceil(Number(reset) - now / 1000), 1)
}

function adviceOf(status: number, id: string): string {
  if (status === 401 || id === 'unauthorized') return '; put a valid token into the Secret'
  if (status === 403) {
    return '; give the token the scopes reserved_ip:read, reserved_ip:update, droplet:read and actions:read'
  }
  return ''
}
