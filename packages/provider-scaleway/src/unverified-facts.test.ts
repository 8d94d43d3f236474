import { createScalewayEmulator, createVirtualClock, runLiveTrial } from '@failover-ip/provider-testkit'
import type { ScalewaySwitches } from '@failover-ip/provider-testkit'
import { expect, it } from 'vitest'
import { scaleway } from './scaleway.ts'
import { unverifiedFacts } from './unverified-facts.ts'

/** What a trial at an emulator with these switches says of each fact. */
async function tryWith(
  switches: Partial<ScalewaySwitches>,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly result: string
  readonly verdicts: readonly string[]
  readonly holder: string | null | undefined
}> {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, readLagSeconds: 1, switches })
  const [first] = [cloud.addServer(), cloud.addServer(), cloud.addServer()]
  const { unit } = cloud.addIp({ server: first.id })
  const { accessKey, secretKey, project } = cloud.account
  const credentials = { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project }
  let text = ''
  const result = await clock.advanceUntil(
    runLiveTrial(
      {
        provider: scaleway,
        unverifiedFacts,
        parameters,
        credentials,
        address: unit,
        servers: ['node-1', 'node-2', 'node-3'],
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
  expect(text).not.toContain(secretKey)
  const verdicts = unverifiedFacts.map(({ claim }) => {
    const line = text.split('\n').find((one) => one.endsWith(claim))
    return line?.slice(0, -claim.length).trim() ?? ''
  })
  return { result, verdicts, holder: cloud.attachment(unit)?.server === first.id ? 'node-1' : 'elsewhere' }
}

it.each<[string, Partial<ScalewaySwitches>, readonly string[]]>([
  ['as assumed', {}, ['holds', 'holds', 'holds', 'holds']],
  ['when moves need a detach', { moveNeedsDetach: true }, ['fails', 'holds', 'holds', 'holds']],
  ['when the same Instance is refused', { sameServerRefused: true }, ['holds', 'fails', 'holds', 'holds']],
  ['when an attach takes its time', { attachSeconds: 3 }, ['holds', 'holds', 'fails', 'holds']],
])('a trial moves the address, puts it back and judges the facts, %s', async (_, switches, verdicts) => {
  expect(await tryWith(switches)).toEqual({ result: 'passed', verdicts, holder: 'node-1' })
})

it('does not judge what it has not seen', async () => {
  const { verdicts } = await tryWith({}, { move: 'releaseFirst' })
  expect(verdicts).toEqual(['not seen', 'not seen', 'holds', 'holds'])
})
