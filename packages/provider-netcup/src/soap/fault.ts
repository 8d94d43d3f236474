import { ProviderError } from '@failover-ip/provider'
import type { Outcome, ProviderErrorCode } from '@failover-ip/provider'
import { quote } from '@failover-ip/provider-kit'
import { soapCoolDownSeconds } from '../capabilities.ts'

export interface FaultContext {
  readonly action: string
  /** Whether the call changes something. */
  readonly changes: boolean
  readonly status: number
  readonly secrets: readonly string[]
  readonly cause: Error
}

interface Meaning {
  readonly pattern: RegExp
  readonly code: ProviderErrorCode
  readonly advice?: string
  readonly retryAfterSeconds?: number
}

/**
 * Faults whose texts were captured, or stand in clients' sources. That of the cool-down holds one address back, not the
 * account; whether refused calls prolong it is not known, and after a whole cool-down without a call it is over in any case.
 */
const meanings: readonly Meaning[] = [
  {
    pattern: /invalid credentials/i,
    code: 'Denied',
    advice: ' Put the customer number and the password of the web service into the Secret.',
  },
  { pattern: /action not allowed/i, code: 'Denied', advice: ' Activate the web service in the server control panel.' },
  {
    pattern: /could not find failover ip/i,
    code: 'NotFound',
    advice: ' Check the address, and whose credentials the Secret holds.',
  },
  { pattern: /server not found/i, code: 'NotFound' },
  { pattern: /only permitted once every/i, code: 'Busy', retryAfterSeconds: soapCoolDownSeconds },
  { pattern: /validation error/i, code: 'Invalid' },
]

/** What a SOAP fault says. One of a text that is not known says nothing of the effect of a change. */
export function faultError(text: string, { action, changes, status, secrets, cause }: FaultContext): ProviderError {
  const meaning = meanings.find(({ pattern }) => pattern.test(text))
  const said = quote(text, secrets)
  const message = `netcup answered to ${action}: ${said === '' ? 'a fault without a text' : said}`
  const isOver = /[.!?]$/.test(message)
  const outcome: Outcome = changes && meaning === undefined ? 'unknown' : 'not-applied'
  return new ProviderError(
    meaning?.code ?? (changes ? 'Conflict' : 'Transient'),
    `${message}${isOver ? '' : '.'}${meaning?.advice ?? ''}`,
    {
      outcome,
      status,
      cause,
      ...(meaning?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: meaning.retryAfterSeconds }),
    },
  )
}
