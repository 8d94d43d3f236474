import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { NetcupEmulator, NetcupSwitches, VirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createNetcup } from '../create-netcup.ts'
import { userIdOf } from './access-token.ts'
import { runLogin } from './run-login.ts'
import type { LoginPorts } from './run-login.ts'
import { createSession } from './session.ts'
import type { Session } from './session.ts'

const { signal } = new AbortController()

interface Opened {
  readonly clock: VirtualClock
  readonly cloud: NetcupEmulator
  readonly session: Session
  readonly saved: readonly string[]
  readonly access: () => Promise<string>
  readonly logins: () => number
}

function open(switches: Partial<NetcupSwitches> = {}, save?: (token: string) => Promise<void>): Opened {
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({ clock, latencyMs: 100, switches })
  const saved: string[] = []
  const session = createSession({
    apiUrl: 'https://panel.test',
    fetch: cloud.fetch,
    clock,
    userAgent: 'test',
    refreshToken: cloud.login.refreshToken,
    saveCredentials: async ({ refreshToken = '' }) => {
      await save?.(refreshToken)
      saved.push(refreshToken)
    },
  })
  const logins = (): number => cloud.requests.filter(({ path }) => path.endsWith('/token')).length
  const access = async (): Promise<string> => (await clock.advanceUntil(session.access({ signal }))).accessToken
  return { clock, cloud, session, saved, access, logins }
}

describe('a session', () => {
  it('logs in once for all who wait, and again shortly before the access token ends', async () => {
    const { clock, cloud, session, saved, logins, access } = open()
    const [first, second] = await clock.advanceUntil(
      Promise.all([session.access({ signal }), session.access({ signal })]),
    )
    expect(first).toBe(second)
    expect([first?.userId, logins()]).toEqual(['555001', 1])
    await clock.advance(269_000)
    expect(await access()).toBe(first?.accessToken)
    await clock.advance(1000)
    const next = await access()
    expect([next === first?.accessToken, cloud.login.takes(next), logins()]).toEqual([false, true, 2])
    expect(saved).toEqual([])
  })

  it('goes on with a refresh token that was replaced, after it was stored', async () => {
    const { clock, cloud, saved, logins, access } = open({ rotatesRefreshToken: true })
    const [old] = [cloud.login.refreshToken]
    await access()
    expect(saved).toEqual([cloud.login.refreshToken])
    await clock.advance(300_000)
    await access()
    expect([saved.length, logins(), saved.includes(old)]).toEqual([2, 2, false])
  })

  it('goes on when a replaced token cannot be stored, and stores it later', async () => {
    let refusals = 1
    const { clock, cloud, saved, access } = open({ rotatesRefreshToken: true }, async () => {
      if (refusals-- > 0) throw new Error('no right')
    })
    await access()
    expect(saved).toEqual([])
    await clock.advance(300_000)
    await access()
    expect(saved).toEqual([cloud.login.refreshToken])
  })

  it('is not given up by the one who began it, since the answer may hold the only valid token', async () => {
    const { clock, cloud, session, saved, logins, access } = open({ rotatesRefreshToken: true })
    const begun = new AbortController()
    const reason = new Error('enough')
    const given = session.access({ signal: begun.signal }).catch((error: unknown) => error)
    await clock.advance(10)
    begun.abort(reason)
    expect(await given).toBe(reason)
    await access()
    expect([saved, logins()]).toEqual([[cloud.login.refreshToken], 1])
  })

  it('logs in anew, once, when netcup refuses an access token before its end', async () => {
    const clock = createVirtualClock()
    const cloud = createNetcupEmulator({ clock, latencyMs: 100 })
    const { unit } = cloud.addUnit()
    const routing = createNetcup({ refreshToken: cloud.login.refreshToken }).open({
      fetch: cloud.fetch,
      clock,
      userAgent: 'test',
    })
    const observed = async (): Promise<unknown> =>
      (await clock.advanceUntil(routing.observe([unit], { signal })))[0]?.kind
    expect(await observed()).toBe('found')
    cloud.login.revoke('accessTokens')
    expect(await observed()).toBe('found')
    cloud.login.revoke('all')
    const before = cloud.requests.length
    expect(await observed()).toBe('unknown')
    expect(cloud.requests.length - before).toBe(2)
  })

  it.each([
    ['refuse', 'Transient'],
    ['dropAfter', 'Transient'],
    ['hang', 'Transient'],
  ] as const)('that ends with %s leaves no doubt about addresses', async (kind, code) => {
    const { clock, cloud, session, access } = open()
    cloud.faults.add({ path: '/token', fault: { kind } })
    const error = await clock.advanceUntil(session.access({ signal }).catch((reason: unknown) => reason))
    expect(error).toMatchObject({ code, outcome: 'not-applied' })
    expect(cloud.login.takes(await access())).toBe(true)
  })

  it('says nothing of what was asked for when the login itself is not there', async () => {
    const { cloud, access } = open()
    cloud.faults.add({
      path: '/token',
      fault: { kind: 'status', status: 404, body: { error: 'Realm does not exist' } },
    })
    await expect(access()).rejects.toMatchObject({ code: 'Transient', outcome: 'not-applied' })
  })

  it.each(['constructor', 'toString', '__proto__'])('judges the refusal "%s" by its status', async (error) => {
    const { cloud, access } = open()
    cloud.faults.add({ path: '/token', fault: { kind: 'status', status: 500, body: { error } } })
    await expect(access()).rejects.toMatchObject({ code: 'Transient', outcome: 'not-applied' })
  })

  it('says how to log in again when the refresh token is refused, without repeating it', async () => {
    const { clock, cloud, session } = open()
    const token = cloud.login.refreshToken
    cloud.login.revoke('all')
    const error: unknown = await clock.advanceUntil(session.access({ signal }).catch((reason: unknown) => reason))
    expect(error).toMatchObject({ code: 'Denied', outcome: 'not-applied' })
    expect(String(error)).toContain('npx @failover-ip/provider-netcup login')
    expect(String(error)).not.toContain(token)
  })

  it.each(['', 'a.b.c', `a.${btoa('{"sub":"x"}')}.c`, `a.${btoa('{"id":"../../x"}')}.c`])(
    'takes no user from an access token like "%s"',
    (token) => {
      expect(() => userIdOf(token)).toThrow('names no user')
    },
  )
})

describe('npx @failover-ip/provider-netcup login', () => {
  interface Ran {
    readonly code: number
    readonly output: string
    readonly messages: string
    readonly files: ReadonlyMap<string, string>
    readonly cloud: NetcupEmulator
    readonly clock: VirtualClock
  }
  const run = async (
    argv: readonly string[],
    options: {
      readonly isTerminal?: boolean
      readonly decision?: 'approve' | 'deny' | 'none'
      readonly exists?: boolean
    } = {},
  ): Promise<Ran> => {
    const clock = createVirtualClock()
    const cloud = createNetcupEmulator({ clock, latencyMs: 100 })
    const files = new Map<string, string>()
    let output = ''
    let messages = ''
    const ports: LoginPorts = {
      clock,
      fetch: cloud.fetch,
      output: { write: (text) => void (output += text), isTerminal: options.isTerminal ?? false },
      messages: {
        write: (text) => {
          messages += text
          const [, userCode = ''] = /confirm the code (\S+)/.exec(text) ?? []
          const { decision = 'approve' } = options
          if (userCode === '' || decision === 'none') return
          void clock.sleep(17_000).then(() => cloud.login.decide(userCode, decision))
        },
      },
      createFile: async (path) => {
        if (options.exists === true) throw new Error(`${path} is there already.`)
        files.set(path, '')
        return {
          fill: async (text) => void files.set(path, text),
          discard: async () => void files.delete(path),
        }
      },
      signal,
    }
    const code = await clock.advanceUntil(runLogin(argv, ports))
    return { code, output, messages, files, cloud, clock }
  }

  it('writes the Secret into a file, and no token anywhere else', async () => {
    const { code, output, messages, files, cloud } = await run(['login', '--output', 'secret.yaml'])
    const { refreshToken } = cloud.login
    expect(code).toBe(0)
    expect(files.get('secret.yaml')).toBe(
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: netcup\n  namespace: failover-ip\ntype: Opaque\ndata:\n  refreshToken: ${btoa(refreshToken)}\n`,
    )
    expect(output).toBe('')
    expect(messages).toContain('realms/scp/device?user_code=CODE-')
    for (const secret of [refreshToken, btoa(refreshToken)]) expect(messages).not.toContain(secret)
  })

  it('prints it into a pipe, and on a terminal only when told', async () => {
    const piped = await run(['login', '--namespace', 'ops'])
    expect([piped.code, piped.output.includes('namespace: ops')]).toEqual([0, true])
    const refused = await run(['login'], { isTerminal: true })
    expect([refused.code, refused.output, refused.cloud.requests.length]).toEqual([2, '', 0])
    expect(refused.messages).toContain('--output FILE')
    const told = await run(['login', '--print'], { isTerminal: true })
    expect([told.code, told.output.includes(btoa(told.cloud.login.refreshToken))]).toEqual([0, true])
  })

  it.each([
    ['deny', 'denied'],
    ['none', 'expired|not confirmed in time'],
  ] as const)('ends with a sentence when the human says %s', async (decision, text) => {
    const { code, messages, files } = await run(['login', '--output', 'x'], { decision })
    expect([code, files.size]).toEqual([1, 0])
    expect(messages).toMatch(new RegExp(text))
  })

  it('asks for no code when the file cannot be made', async () => {
    const { code, messages, cloud } = await run(['login', '--output', 'x'], { exists: true })
    expect([code, messages, cloud.requests]).toEqual([2, 'x is there already.\n', []])
  })

  it.each([
    [['login', '--outputs', 'x'], 'The option --outputs is not known; did you mean --output?'],
    [['login', '--constructor'], 'The option --constructor is not known.'],
    [['login', '--output'], '--output needs a value, as in --output=VALUE.'],
    [['login', '--output', '--print'], '--output needs a value, as in --output=VALUE.'],
    [['login', '--output='], '--output needs a value, as in --output=VALUE.'],
    [['login', '--print=no'], '--print takes no value.'],
  ])('says what is wrong with %j', async (argv, message) => {
    const { code, messages } = await run(argv)
    expect([code, messages.split('\n')[0]]).toEqual([2, message])
  })

  it.each([[['logout']], [['login', '--nonsense']], [['login', '--name', 'a: b']], [['login', '--api-url', 'x']]])(
    'refuses %j with its usage',
    async (argv) => {
      const { code, messages, cloud } = await run(argv)
      expect([code, messages.includes('Usage:'), cloud.requests]).toEqual([2, true, []])
    },
  )
})
