import { ProviderError } from '@failover-ip/provider'
import type { ProviderErrorCode } from '@failover-ip/provider'
import { codeOfStatus, jsonOf, quote, statusError } from '@failover-ip/provider-kit'
import type { Answer } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** What the bodies of errors may say. Fields of another type count as absent. */
const refusalBody = z.object({
  type: z.string().catch(''),
  message: z.string().catch(''),
  help_message: z.string().catch(''),
  reason: z.string().catch(''),
  reset_seconds: z.number().min(0).optional().catch(undefined),
  reset_at: z.string().catch(''),
  details: z
    .array(
      z.object({
        argument_name: z.string().catch(''),
        help_message: z.string().catch(''),
        resource: z.string().catch(''),
        quota: z.number().optional().catch(undefined),
        current: z.number().optional().catch(undefined),
      }),
    )
    .catch([]),
  fields: z.record(z.string(), z.array(z.string())).catch({}),
})
type RefusalBody = z.output<typeof refusalBody>
const nothingSaid: RefusalBody = refusalBody.parse({})

export interface RefusalContext {
  readonly method: string
  /** What was being done, like `attaching 51.15.129.35/32 in fr-par-1 to Instance 4f…`. */
  readonly action: string
  readonly secrets: readonly string[]
  /** Wall time in milliseconds. */
  readonly now: number
  readonly cause: Error
}

/** Scaleway's answer was an error. `type` is its own name for it; a full quota is always `quotas_exceeded`. */
export class Refusal extends ProviderError {
  readonly type: string

  constructor(type: string, error: ProviderError) {
    const { code, message, outcome, retryAfterSeconds, status, cause } = error
    super(code, message, {
      outcome,
      cause,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(status === undefined ? {} : { status }),
    })
    this.type = type
  }
}

export function refusalOf(answer: Answer, context: RefusalContext): Refusal {
  const body = refusalBody.catch(nothingSaid).parse(jsonOf(answer.body))
  const type = isQuota(body) ? 'quotas_exceeded' : body.type
  const known = knownTypes.get(type)
  const error = statusError(answer, {
    method: context.method,
    now: context.now,
    cause: context.cause,
    message: sentence(answer, body, { ...context, advice: known?.advice }),
    code: known?.code ?? unnamed(answer.status),
    retryAfterSeconds: waitOf(body, context.now),
  })
  return new Refusal(type, error)
}

function waitOf({ reset_seconds: seconds, reset_at: at }: RefusalBody, now: number): number | undefined {
  if (seconds !== undefined || at === '') return seconds
  const until = Date.parse(at)
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - now) / 1000))
}

/** That something is not there is Scaleway's own word, which has a type; anything in between may answer 404. */
function unnamed(status: number): ProviderErrorCode | undefined {
  return codeOfStatus(status) === 'NotFound' ? 'Transient' : undefined
}

const invalid = { code: 'Invalid', advice: '' } as const

/** What the types that Scaleway documents mean here. A type that is not listed is judged by its HTTP status. */
const knownTypes: ReadonlyMap<string, { readonly code: ProviderErrorCode; readonly advice: string }> = new Map(
  Object.entries({
    not_found: { code: 'NotFound', advice: ' Check that it exists in this zone, and in the project of the Secret.' },
    unknown_resource: {
      code: 'NotFound',
      advice: ' Check that it exists in this zone, and in the project of the Secret.',
    },
    expired: { code: 'NotFound', advice: '' },
    invalid_arguments: invalid,
    invalid_request_error: invalid,
    quotas_exceeded: {
      code: 'Invalid',
      advice: ' Free an address of this Instance, or ask Scaleway for a higher quota.',
    },
    precondition_failed: { code: 'Conflict', advice: '' },
    already_exists: { code: 'Conflict', advice: '' },
    transient_state: { code: 'Busy', advice: '' },
    locked: { code: 'Busy', advice: " Look for the lock's reason in Scaleway's console." },
    permissions_denied: {
      code: 'Denied',
      advice: ' Give the API key the permission set InstancesFullAccess in this project.',
    },
    denied_authentication: { code: 'Denied', advice: ' Put a valid API key into the Secret.' },
    too_many_requests: { code: 'RateLimited', advice: '' },
  }),
)

/** Its words for what is wrong with a key, of which it says but a code. */
const deniedKeys: ReadonlyMap<string, string> = new Map([
  ['not_found', 'it knows no such API key'],
  ['expired', 'the API key has expired'],
  ['invalid_argument', 'this is no API key'],
])

function sentence(
  { status }: Answer,
  body: RefusalBody,
  { action, secrets, advice = '' }: RefusalContext & { readonly advice?: string | undefined },
): string {
  const fields = Object.entries(body.fields).map(([name, texts]) => `${name} ${texts.join(', ')}`)
  const details = body.details.map(({ argument_name, help_message, resource, quota, current }) => {
    const count = quota === undefined ? '' : `${current ?? 'all'} of ${quota}`
    return `${argument_name} ${help_message} ${resource} ${count}`
  })
  const type = quote(body.type, secrets).slice(0, 60)
  const refused = body.type === 'denied_authentication' ? deniedKeys.get(body.reason) : undefined
  const own = refused === undefined ? [body.message, body.reason] : [refused]
  const said = [...own, body.help_message, ...details, ...fields]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('; ')
  const detail = said === '' ? '' : `: ${quote(said, secrets)}`
  return `Scaleway answered ${status}${type === '' ? '' : ` ${type}`} to ${action}${detail}.${advice}`
}

function isQuota({ type, message }: RefusalBody): boolean {
  return type === 'quotas_exceeded' || (type === 'invalid_request_error' && /quota exceeded/i.test(message))
}
