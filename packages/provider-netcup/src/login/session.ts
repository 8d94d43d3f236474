import type { CallOptions, ProviderContext } from '@failover-ip/provider'
import { untilAborted, withDeadline } from '@failover-ip/provider-kit'
import { userIdOf } from './access-token.ts'
import { askLogin, tokenAnswer } from './login-endpoint.ts'
import type { LoginEndpoint, Tokens } from './login-endpoint.ts'

export interface Access {
  readonly accessToken: string
  readonly userId: string
  /** What must not be repeated in an error. */
  readonly secrets: readonly string[]
}

/** The login of one account. */
export interface Session {
  /** An access token that is valid for a while yet. Logs in when there is none, once for all who wait. */
  access(call: CallOptions): Promise<Access>
  /** Number of the user who is logged in; `undefined` before the first login. */
  readonly userId: string | undefined
  /** netcup does not take this token although its time is not over: the next call logs in anew. */
  reject(access: Access): void
}

export interface SessionOptions extends LoginEndpoint {
  readonly refreshToken: string
  readonly saveCredentials: ProviderContext<unknown, unknown>['saveCredentials'] | undefined
}

interface Granted {
  readonly access: Access
  /** Monotonic milliseconds. */
  readonly endsAt: number
}

/** A token is renewed so long before its end, or a fifth of its time if that is less: longer than any call takes. */
const marginSeconds = 30
/** A login is not given up with the call that began it, since the answer may hold the only valid refresh token. */
const loginDeadline = 10_000
const saveDeadline = 5000

export function createSession(options: SessionOptions): Session {
  const { clock, saveCredentials } = options
  const unended = new AbortController().signal
  let refreshToken = options.refreshToken
  let unsaved = false
  let granted: Granted | undefined
  let userId: string | undefined
  let login: Promise<Granted> | undefined

  const save = async (): Promise<void> => {
    if (saveCredentials === undefined) return
    try {
      const storing = { clock, signal: unended, milliseconds: saveDeadline, what: 'The store of credentials' }
      await withDeadline(storing, (call) => untilAborted(saveCredentials({ refreshToken }, call), call.signal))
      unsaved = false
    } catch {
      // Whoever stores says why; it is tried again with the next login, and until then this process has the token.
    }
  }
  const logIn = async (): Promise<Granted> => {
    const sent = refreshToken
    const form = { grant_type: 'refresh_token', refresh_token: sent }
    const request = { path: 'token', form, secrets: [sent], schema: tokenAnswer } as const
    const asking = { clock, signal: unended, milliseconds: loginDeadline, what: "netcup's login" }
    const tokens = await withDeadline(asking, (call) => askLogin(options, request, call))
    refreshToken = tokens.refreshToken ?? sent
    unsaved ||= refreshToken !== sent
    if (unsaved) await save()
    return grantedBy(tokens, [sent, refreshToken], clock.monotonic())
  }
  const start = (): Promise<Granted> => {
    const flight = logIn()
    const end = (): void => {
      if (login === flight) login = undefined
    }
    login = flight
    flight.then((result) => {
      granted = result
      userId = result.access.userId
      end()
    }, end)
    return flight
  }

  return {
    get userId() {
      return userId
    },
    access: async ({ signal }) => {
      signal.throwIfAborted()
      if (granted !== undefined && clock.monotonic() < granted.endsAt) return granted.access
      return (await untilAborted(login ?? start(), signal)).access
    },
    reject: (access) => {
      if (granted?.access === access) granted = undefined
    },
  }
}

function grantedBy({ accessToken, expiresInSeconds }: Tokens, refreshTokens: readonly string[], now: number): Granted {
  const margin = Math.min(marginSeconds, expiresInSeconds / 5)
  return {
    access: { accessToken, userId: userIdOf(accessToken), secrets: [accessToken, ...refreshTokens] },
    endsAt: now + (expiresInSeconds - margin) * 1000,
  }
}
