import { isProviderError, ProviderError } from '@failover-ip/provider'
import { redactError, statusError } from '@failover-ip/provider-kit'
import type { Answer } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { faultError } from './fault.ts'

export interface FailureContext {
  readonly action: string
  /** Whether the call changes something. */
  readonly changes: boolean
  readonly secrets: readonly string[]
  /** Wall time in milliseconds. */
  readonly now: number
}

const faultShape = z.object({
  root: z.object({ Envelope: z.object({ Body: z.object({ Fault: z.object({ faultstring: z.coerce.string() }) }) }) }),
})

/** Why a call has no result, although something was answered: a fault, another status, or no SOAP message at all. */
export function failureOf(error: unknown, answer: Answer | undefined, context: FailureContext): ProviderError {
  if (isProviderError(error)) return error
  const { action, changes, secrets, now } = context
  const cause = redactError(error, secrets)
  const status = answer?.status ?? 0
  const fault = faultShape.safeParse(error)
  if (fault.success) {
    return faultError(fault.data.root.Envelope.Body.Fault.faultstring, { action, changes, status, secrets, cause })
  }
  if (answer !== undefined && (status < 200 || status > 299)) {
    const hint = status === 404 ? ' netcup has announced the end of SOAP: try the transport "rest".' : ''
    const message = `netcup answered ${status} to ${action}, and no fault.${hint}`
    // 404 speaks of the service, not of the server or address that was asked for.
    const code = status === 404 ? { code: 'Transient' as const } : {}
    return statusError(answer, { method: 'POST', message, now, cause, ...code })
  }
  const isPage = answer !== undefined && /^\s*<(!doctype html|html)/i.test(answer.body)
  const hint = isPage ? ', but a page of HTML; netcup has announced the end of SOAP' : ''
  return new ProviderError('Transient', `netcup's answer to ${action} is no SOAP message${hint}.`, {
    outcome: 'unknown',
    cause,
    ...(answer === undefined ? {} : { status }),
  })
}
