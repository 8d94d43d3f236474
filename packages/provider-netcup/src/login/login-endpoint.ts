import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock, ProviderErrorCode, StandardSchema } from '@failover-ip/provider'
import { codeOfStatus, exchange, jsonOf, parseAnswer, quote, retryAfterSeconds } from '@failover-ip/provider-kit'
import type { Answer } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { notApplied } from '../not-applied.ts'

/** What requests to netcup's login (a Keycloak realm) have in common. */
export interface LoginEndpoint {
  /** Origin of the server control panel. */
  readonly apiUrl: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly userAgent: string
}

/** netcup's client for everybody; it has no secret. */
const clientId = 'scp'
/** Far more than tokens take. */
const maximumBytes = 256 * 1024

/** Tokens, as the login hands them out. */
export interface Tokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  /** Absent where the one that was sent stays valid. */
  readonly refreshToken?: string | undefined
}

export const tokenAnswer: StandardSchema<unknown, Tokens> = z
  .object({
    access_token: z.string().min(1),
    expires_in: z.number().positive(),
    refresh_token: z.string().min(1).optional(),
  })
  .transform(({ access_token: accessToken, expires_in: expiresInSeconds, refresh_token: refreshToken }) => ({
    accessToken,
    expiresInSeconds,
    refreshToken,
  }))

const errorBody = z.object({ error: z.string().catch(''), error_description: z.string().catch('') })

/** The login has refused; `reason` is its own name for it, like `authorization_pending`. */
export class LoginRefusal extends ProviderError {
  readonly reason: string

  constructor(reason: string, code: ProviderErrorCode, message: string, answer: Answer, wait: number | undefined) {
    super(code, message, {
      outcome: 'not-applied',
      status: answer.status,
      ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
    })
    this.reason = reason
  }
}

/** Refusals that are `Denied` whatever their HTTP status. */
const deniedReasons: readonly string[] = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
  'invalid_token',
]

/**
 * Sends a form to the login and checks what it answers. Whatever goes wrong, no address was changed: every error says
 * `not-applied`.
 */
export async function askLogin<Value>(
  { apiUrl, fetch, clock, userAgent }: LoginEndpoint,
  { path, form, secrets, schema }: LoginRequest<Value>,
  { signal }: CallOptions,
): Promise<Value> {
  const request = new Request(`${apiUrl}/realms/scp/protocol/openid-connect/${path}`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': userAgent,
    },
    body: new URLSearchParams({ client_id: clientId, ...form }).toString(),
  })
  const answer = await exchange(request, { fetch, signal, secrets, maximumBytes }).catch((error: unknown) => {
    throw notApplied(error)
  })
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, secrets, clock.now())
  const what = "The answer of netcup's login"
  return parseAnswer(schema, jsonOf(answer.body), { what, outcome: 'not-applied', status: answer.status })
}

export interface LoginRequest<Value> {
  readonly path: 'token' | 'auth/device'
  readonly form: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly schema: StandardSchema<unknown, Value>
}

function refusalOf(answer: Answer, secrets: readonly string[], now: number): LoginRefusal {
  const body = errorBody.safeParse(jsonOf(answer.body))
  const { error: reason, error_description: description } = body.data ?? { error: '', error_description: '' }
  const wait = retryAfterSeconds(answer.headers, now)
  const byStatus = codeOfStatus(answer.status, wait)
  // A login that is not there says nothing about the address or server that was asked for.
  const code = deniedReasons.includes(reason) ? 'Denied' : byStatus === 'NotFound' ? 'Transient' : byStatus
  const said = quote([reason, description].filter((text) => text !== '').join(': '), secrets)
  const advice =
    code === 'Denied'
      ? ' Log in again: npx @failover-ip/provider-netcup login, and put the new token into the Secret.'
      : ''
  const message = `netcup's login answered ${answer.status}${said === '' ? '' : ` (${said})`}.${advice}`
  return new LoginRefusal(reason, code, message, answer, wait)
}
