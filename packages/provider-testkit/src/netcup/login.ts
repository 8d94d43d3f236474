import type { Clock } from '@failover-ip/provider'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { NetcupUser } from './cloud.ts'

/** netcup's Keycloak realm `scp`, as far as the device flow and refresh tokens go. */
export interface NetcupLogin {
  answer(request: EmulatedRequest): EmulatedAnswer
  /** The refresh token that was handed out last. */
  readonly refreshToken: string
  /** Whether an access token is valid now. */
  takes(accessToken: string): boolean
  /** As an administrator ends sessions: all access tokens, and refresh tokens too when told. */
  revoke(what: 'accessTokens' | 'all'): void
  /** A new refresh token, as after another login; those before stay valid. */
  newRefreshToken(): string
  /** What a human does with the code in the browser. */
  decide(userCode: string, decision: 'approve' | 'deny'): void
}

export interface NetcupLoginOptions {
  readonly clock: Clock
  readonly user: NetcupUser
  readonly rotates: () => boolean
}

const accessSeconds = 300
const deviceSeconds = 600
const pollSeconds = 5
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

interface Device {
  readonly userCode: string
  readonly endsAt: number
  decision: 'waiting' | 'approve' | 'deny'
  polledAt: number
  interval: number
}

export function createNetcupLogin({ clock, user, rotates }: NetcupLoginOptions): NetcupLogin {
  const accessTokens = new Map<string, number>()
  const refreshTokens = new Set<string>()
  const devices = new Map<string, Device>()
  let counted = 0
  let latest = ''

  const newRefreshToken = (): string => {
    counted += 1
    latest = jwt({ typ: 'Offline', jti: `refresh-${counted}`, sub: 'f0000000-0000-4000-8000-000000000001' })
    refreshTokens.add(latest)
    return latest
  }
  const newAccessToken = (): string => {
    counted += 1
    const exp = Math.floor(clock.now() / 1000) + accessSeconds
    const token = jwt({ id: user.id, preferred_username: user.username, jti: `access-${counted}`, exp })
    accessTokens.set(token, clock.monotonic() + accessSeconds * 1000)
    return token
  }
  const grant = (refreshToken: string): EmulatedAnswer => ({
    status: 200,
    body: {
      access_token: newAccessToken(),
      expires_in: accessSeconds,
      refresh_expires_in: 0,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      'not-before-policy': 0,
      session_state: 'e0000000-0000-4000-8000-000000000001',
      scope: 'profile offline_access email',
    },
  })
  const refresh = (token: string): EmulatedAnswer => {
    if (!refreshTokens.has(token)) return refusal('invalid_grant', 'Invalid refresh token')
    if (!rotates()) return grant(token)
    refreshTokens.delete(token)
    return grant(newRefreshToken())
  }
  const startDevice = (): EmulatedAnswer => {
    counted += 1
    const userCode = `CODE-${String(counted).padStart(4, '0')}`
    const deviceCode = `device-${counted}`
    const endsAt = clock.monotonic() + deviceSeconds * 1000
    devices.set(deviceCode, { userCode, endsAt, decision: 'waiting', polledAt: -Infinity, interval: pollSeconds })
    const verificationUri = 'https://www.servercontrolpanel.de/realms/scp/device'
    return {
      status: 200,
      body: {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: verificationUri,
        verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
        expires_in: deviceSeconds,
        interval: pollSeconds,
      },
    }
  }
  const pollDevice = (code: string): EmulatedAnswer => {
    const device = devices.get(code)
    if (device === undefined) return refusal('invalid_grant', 'Device code not valid')
    const now = clock.monotonic()
    if (now >= device.endsAt) return refusal('expired_token', 'Device code is expired')
    const isEarly = now - device.polledAt < device.interval * 1000
    device.polledAt = now
    if (isEarly) {
      device.interval += 5
      return refusal('slow_down', 'Slow down')
    }
    if (device.decision === 'waiting') {
      return refusal('authorization_pending', 'The authorization request is still pending')
    }
    devices.delete(code)
    return device.decision === 'approve'
      ? grant(newRefreshToken())
      : refusal('access_denied', 'The end user denied the authorization request')
  }
  newRefreshToken()

  return {
    get refreshToken() {
      return latest
    },
    takes: (token) => (accessTokens.get(token) ?? 0) > clock.monotonic(),
    revoke: (what) => {
      accessTokens.clear()
      if (what === 'all') refreshTokens.clear()
    },
    newRefreshToken,
    decide: (userCode, decision) => {
      for (const device of devices.values()) if (device.userCode === userCode) device.decision = decision
    },
    answer: ({ method, url, headers, body }) => {
      const path = url.pathname.replace('/realms/scp/protocol/openid-connect/', '')
      if (path === 'userinfo') {
        const token = (headers.get('authorization') ?? '').replace('Bearer ', '')
        const isValid = (accessTokens.get(token) ?? 0) > clock.monotonic()
        return isValid ? { status: 200, body: { preferred_username: user.username } } : { status: 401 }
      }
      if (method !== 'POST') return { status: 405, body: { error: 'HTTP 405 Method Not Allowed' } }
      const form = new URLSearchParams(body)
      if (form.get('client_id') !== 'scp') return refusal('invalid_client', 'Invalid client', 401)
      if (path === 'auth/device') return startDevice()
      if (path === 'revoke') {
        refreshTokens.delete(form.get('token') ?? '')
        return { status: 200 }
      }
      if (path !== 'token') return { status: 404, body: { error: 'HTTP 404 Not Found' } }
      switch (form.get('grant_type')) {
        case 'refresh_token':
          return refresh(form.get('refresh_token') ?? '')
        case deviceGrant:
          return pollDevice(form.get('device_code') ?? '')
        default:
          return refusal('unsupported_grant_type', 'Unsupported grant_type')
      }
    },
  }
}

function refusal(error: string, description: string, status = 400): EmulatedAnswer {
  return { status, body: { error, error_description: description } }
}

/** Of the form of a JSON Web Token; nobody checks its signature. */
function jwt(payload: object): string {
  const part = (value: object): string =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}.emulated-signature`
}
