import { createNetcupEmulator, createVirtualClock, runLiveTrial } from '@failover-ip/provider-testkit'
import type { LiveContext, NetcupSwitches } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { netcup } from './netcup.ts'
import { unverifiedFacts } from './unverified-facts.ts'

// What takes real time is over before virtual time begins.
await import('soap')

interface Options {
  readonly transport?: 'rest' | 'soap'
  readonly switches?: Partial<NetcupSwitches>
  readonly readLagSeconds?: number
  readonly saveCredentials?: LiveContext['saveCredentials']
  readonly held?: boolean
}

interface Tried {
  readonly result: string
  readonly verdicts: readonly string[]
  readonly holder: string | null | undefined
  readonly text: string
}

/** What a trial at an emulator says of each fact, and who has the address afterwards. */
async function tryWith(options: Options = {}): Promise<Tried> {
  const { transport = 'rest', switches = {}, readLagSeconds = 0, saveCredentials, held = true } = options
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({
    clock,
    latencyMs: 150,
    readLagSeconds,
    switches,
    course: { seconds: transport === 'rest' ? 20 : 0, end: 'done', effect: 'atEnd' },
  })
  const names = ['node-1', 'node-2', 'node-3']
  const [first] = names.map((hostname) => cloud.addServer({ hostname, nickname: hostname }))
  const unit = '198.18.88.63/32'
  cloud.addUnit({ unit, ...(held ? { server: first?.id ?? '' } : {}) })
  const { loginName, password } = cloud.account
  const { refreshToken } = cloud.login
  let text = ''
  const result = await clock.advanceUntil(
    runLiveTrial(
      {
        provider: netcup,
        unverifiedFacts,
        parameters: { transport },
        credentials: transport === 'rest' ? { refreshToken } : { loginName, password },
        address: '198.18.88.63',
        servers: names.map((_, index) => `198.18.28.${index + 1}`),
      },
      {
        clock,
        fetch: cloud.fetch,
        write: (more) => (text += more),
        confirm: () => Promise.resolve(true),
        signal: new AbortController().signal,
        ...(saveCredentials === undefined ? {} : { saveCredentials }),
      },
    ),
    { withinMilliseconds: 7_200_000 },
  )
  for (const secret of [refreshToken, cloud.login.refreshToken, password]) expect(text).not.toContain(secret)
  const verdicts = unverifiedFacts.map(({ claim }) => {
    const line = text.split('\n').find((one) => one.endsWith(claim))
    return line?.slice(0, -claim.length).trim() ?? ''
  })
  return { result, verdicts, holder: cloud.holding(unit)?.server === first?.id ? 'node-1' : 'elsewhere', text }
}

describe('a trial moves the address, puts it back and judges the facts,', () => {
  it.each<[string, Options, readonly string[]]>([
    ['by REST, as assumed', {}, ['holds', 'holds', 'holds', 'not seen', 'not seen']],
    [
      'by REST, when a login replaces the token',
      { switches: { rotatesRefreshToken: true } },
      ['fails', 'holds', 'holds', 'not seen', 'not seen'],
    ],
    ['by REST, when reads lag', { readLagSeconds: 5 }, ['holds', 'holds', 'fails', 'not seen', 'not seen']],
    ['by SOAP, as assumed', { transport: 'soap' }, ['not seen', 'not seen', 'holds', 'holds', 'not seen']],
  ])('%s', async (_, options, verdicts) => {
    expect(await tryWith(options)).toMatchObject({ result: 'passed', verdicts, holder: 'node-1' })
  })
})

it('a token that netcup replaces is handed on to be kept, and said to be replaced where it cannot be', async () => {
  const saved: string[] = []
  const kept = await tryWith({
    switches: { rotatesRefreshToken: true },
    saveCredentials: async ({ refreshToken = '' }) => void saved.push(refreshToken),
  })
  expect([kept.result, saved.length > 0, new Set(saved).size]).toEqual(['passed', true, saved.length])
  expect(kept.text).not.toContain('has replaced')
  const lost = await tryWith({ switches: { rotatesRefreshToken: true } })
  expect(lost.text).toContain('The cloud has replaced refreshToken: what you gave is not valid any more.')
})

it('an address of nobody is left alone by REST, which could not put it back', async () => {
  const { result, text } = await tryWith({ held: false })
  expect(result).toBe('refused')
  expect(text).toContain('cannot take it off a server again')
})
