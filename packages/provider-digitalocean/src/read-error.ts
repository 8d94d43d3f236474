import type { Answer, CloudError } from '@failover-ip/provider-kit'
import { retryAfterSeconds } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** The bodies of errors. Fields of another type count as absent. */
const errorBody = z.object({ id: z.string().catch(''), message: z.string().catch('') })

/** The longest wait that is taken for meant. */
const longestSeconds = 86_400

/**
 * What DigitalOcean's answer says beyond its status. That an action is under way is told by the text alone, in words that
 * were seen for addresses and for Droplets; in other words it would be taken for a plain refusal.
 *
 * @param now wall time in milliseconds since the Unix epoch
 */
export function readError(answer: Answer, now: number): CloudError {
  const { id, message } = errorBody.parse(parseObject(answer.body))
  const text = message.replaceAll(/\s+/g, ' ').replace(/\.$/, '').trim()
  const wait = answer.status === 429 ? resetSeconds(answer.headers, now) : undefined
  return {
    message: `${text}${adviceOf(answer.status, id)}`,
    ...(/pending event/i.test(message) && answer.status === 422 ? { code: 'Busy' as const } : {}),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  }
}

/** `ratelimit-reset` is a moment in Unix seconds; a `Retry-After` says more exactly when to come back. */
function resetSeconds(headers: Headers, now: number): number | undefined {
  const asked = retryAfterSeconds(headers, now)
  const reset = headers.get('ratelimit-reset') ?? ''
  if (asked !== undefined || !/^\d{1,12}$/.test(reset)) return asked
  return Math.min(Math.max(Math.ceil(Number(reset) - now / 1000), 1), longestSeconds)
}

function adviceOf(status: number, id: string): string {
  if (status === 401 || id === 'unauthorized') return '; put a valid token into the Secret'
  if (status === 403) {
    return '; give the token the scopes reserved_ip:read, reserved_ip:update, droplet:read and actions:read'
  }
  return ''
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
