import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock, ProviderContext } from '@failover-ip/provider'
import { userIdOf } from './access-token.ts'
import { askLogin, tokenAnswer } from './login-endpoint.ts'
import type { LoginEndpoint, Tokens } from './login-endpoint.ts'
import { untilAborted } from '../until-aborted.ts'

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
  let refreshToken = options.refreshToken
  let unsaved = false
  let granted: Granted | undefined
  let login: Promise<Granted> | undefined

  const save = async (): Promise<void> => {
    if (saveCredentials === undefined) return
    try {
      await within(clock, saveDeadline, (signal) => saveCredentials({ refreshToken }, { signal }))
      unsaved = false
    } catch {
      // Whoever stores says why; it is tried again with the next login, and until then this process has the token.
    }
  }
  const logIn = async (): Promise<Granted> => {
    const sent = refreshToken
    const form = { grant_type: 'refresh_token', refresh_token: sent }
    const request = { path: 'token', form, secrets: [sent], schema: tokenAnswer } as const
    const tokens = await within(clock, loginDeadline, (signal) => askLogin(options, request, { signal }))
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
      end()
    }, end)
    return flight
  }

  return {
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

async function within<Value>(
  clock: Clock,
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const over = new AbortController()
  const message = "netcup's login did not answer in time."
  const late = (): void => over.abort(new ProviderError('Transient', message, { outcome: 'not-applied' }))
  const timer = new AbortController()
  clock.sleep(milliseconds, { signal: timer.signal }).then(late, () => undefined)
  try {
    return await untilAborted(run(over.signal), over.signal)
  } finally {
    timer.abort()
  }
}
