import { createDigitalOceanEmulator, createVirtualClock, runLiveTrial } from '@failover-ip/provider-testkit'
import type { DigitalOceanSwitches } from '@failover-ip/provider-testkit'
import { expect, it } from 'vitest'
import { digitalocean } from './digitalocean.ts'
import { unverifiedFacts } from './unverified-facts.ts'

interface Tried {
  readonly result: string
  readonly verdicts: readonly string[]
  readonly holder: string | null | undefined
}

/** What a trial at an emulator with these switches says of each fact, and who has the address afterwards. */
async function tryWith(
  switches: Partial<DigitalOceanSwitches>,
  { family = 'ipv4', readLagSeconds = 0, ...parameters }: Readonly<Record<string, string | number>> = {},
): Promise<Tried> {
  const clock = createVirtualClock()
  const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, readLagSeconds: Number(readLagSeconds), switches })
  const names = ['node-1', 'node-2', 'node-3']
  const [first] = names.map((name) => cloud.addDroplet({ name }))
  const unit = family === 'ipv4' ? '45.55.96.47/32' : '2604:a880:800:14::1/128'
  cloud.addAddress({ unit, droplet: first?.id ?? '' })
  const { token } = cloud.account
  let text = ''
  const result = await clock.advanceUntil(
    runLiveTrial(
      {
        provider: digitalocean,
        unverifiedFacts,
        parameters,
        credentials: { DIGITALOCEAN_ACCESS_TOKEN: token },
        address: unit,
        servers: cloud.snapshot().servers.map(({ id }) => `digitalocean://${id}`),
      },
      {
        clock,
        fetch: cloud.fetch,
        write: (more) => (text += more),
        confirm: () => Promise.resolve(true),
        signal: new AbortController().signal,
      },
    ),
  )
  expect(text).not.toContain(token)
  const verdicts = unverifiedFacts.map(({ claim }) => {
    const line = text.split('\n').find((one) => one.endsWith(claim))
    return line?.slice(0, -claim.length).trim() ?? ''
  })
  return { result, verdicts, holder: cloud.holding(unit)?.server === first?.id ? 'node-1' : 'elsewhere' }
}

it.each<[string, Partial<DigitalOceanSwitches>, Readonly<Record<string, string | number>>, readonly string[]]>([
  ['as assumed', {}, {}, ['holds', 'holds', 'holds', 'holds']],
  ['with an IPv6 address', {}, { family: 'ipv6' }, ['holds', 'holds', 'holds', 'holds']],
  ['when the same Droplet is accepted', { sameDroplet: 'accepted' }, {}, ['holds', 'fails', 'holds', 'holds']],
  ['when actions take long', { actionSeconds: 40 }, {}, ['holds', 'holds', 'fails', 'holds']],
  ['when reads lag', {}, { readLagSeconds: 5 }, ['holds', 'holds', 'holds', 'fails']],
  [
    'when moves need an unassign',
    { moveNeedsUnassign: true },
    { move: 'tryThenUnassign' },
    ['fails', 'holds', 'holds', 'holds'],
  ],
])('a trial moves the address, puts it back and judges the facts, %s', async (_, switches, options, verdicts) => {
  expect(await tryWith(switches, options)).toEqual({ result: 'passed', verdicts, holder: 'node-1' })
})

it('a trial that meets a refusal puts the address back', async () => {
  const { result, holder, verdicts } = await tryWith({ moveNeedsUnassign: true })
  expect([result, holder, verdicts[0]]).toEqual(['failed', 'node-1', 'fails'])
})
