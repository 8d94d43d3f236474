import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, StandardSchema } from '@failover-ip/provider'
import { z } from 'zod'
import { askLogin, LoginRefusal, tokenAnswer } from './login-endpoint.ts'
import type { LoginEndpoint } from './login-endpoint.ts'

/** What a human is asked to do in a browser. */
export interface Invitation {
  readonly url: string
  readonly code: string
  readonly expiresInSeconds: number
}

interface Device extends Invitation {
  readonly deviceCode: string
  readonly intervalSeconds: number
}

const deviceAnswer: StandardSchema<unknown, Device> = z
  .object({
    device_code: z.string().min(1),
    user_code: z.string().min(1).max(40),
    verification_uri: z.url(),
    verification_uri_complete: z.url().optional(),
    expires_in: z.number().positive().max(3600),
    interval: z.number().positive().max(60).default(5),
  })
  .transform((answer) => ({
    deviceCode: answer.device_code,
    code: answer.user_code,
    url: answer.verification_uri_complete ?? answer.verification_uri,
    expiresInSeconds: answer.expires_in,
    intervalSeconds: answer.interval,
  }))

/** What RFC 8628 adds to the interval when the login asks to slow down. */
const slowDownSeconds = 5

/**
 * Logs a human in by OAuth's device flow (RFC 8628) and gives a refresh token that outlives the session. Rejects with a
 * `ProviderError` when it is refused or not done in time.
 */
export async function logInByDevice(
  endpoint: LoginEndpoint,
  invite: (invitation: Invitation) => void,
  call: CallOptions,
): Promise<string> {
  const { clock } = endpoint
  const form = { scope: 'offline_access openid' }
  const device = await askLogin(endpoint, { path: 'auth/device', form, secrets: [], schema: deviceAnswer }, call)
  invite(device)
  const endsAt = clock.monotonic() + device.expiresInSeconds * 1000
  let intervalSeconds = device.intervalSeconds
  while (clock.monotonic() < endsAt) {
    await clock.sleep(intervalSeconds * 1000, call)
    const answer = await askForToken(endpoint, device.deviceCode, call)
    if (answer === 'slow_down') intervalSeconds += slowDownSeconds
    else if (answer !== 'authorization_pending') return answer.refreshToken
  }
  throw new ProviderError('Denied', 'The login was not confirmed in time. Begin again.', { outcome: 'not-applied' })
}

async function askForToken(
  endpoint: LoginEndpoint,
  deviceCode: string,
  call: CallOptions,
): Promise<{ readonly refreshToken: string } | 'authorization_pending' | 'slow_down'> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode }
  try {
    const request = { path: 'token', form, secrets: [deviceCode], schema: tokenAnswer } as const
    const { refreshToken } = await askLogin(endpoint, request, call)
    if (refreshToken !== undefined) return { refreshToken }
    throw new ProviderError('Denied', "netcup's login gave no refresh token.", { outcome: 'not-applied' })
  } catch (error) {
    const reason = error instanceof LoginRefusal ? error.reason : ''
    if (reason === 'authorization_pending' || reason === 'slow_down') return reason
    throw error
  }
}
