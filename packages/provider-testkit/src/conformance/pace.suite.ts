import type { AccountWindow, ServerReference } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'

/** So many changes in a row count as no window: no manifest can name a window of more. */
const many = 128

/** Real milliseconds: so many calls of a slow provider take seconds. */
const timeout = 60_000

/**
 * How often a cloud lets itself be changed. A manifest may promise less than the cloud admits, never more: within the
 * promise nothing is refused; beyond it a change is accepted, or refused as what it is.
 */
export function testPace({ provider, subject }: Suite): void {
  const { accountWindows, coolDownSeconds, move } = provider.capabilities

  describe('pace', () => {
    const when = coolDownSeconds > 0 ? `after ${coolDownSeconds} s, and is told when it is too early` : 'at once'
    it(`changes a unit again ${when}`, async () => {
      const context = await subject()
      const { cloud, clock, routing, signal, finish } = context
      const { unit, from, to } = createScene(context, { held: false })
      await finish(routing.assign(unit, to, { signal }))
      const effects = cloud.effects()
      const again = async (): Promise<Refused | undefined> =>
        move === 'releaseFirst'
          ? attempt(context, () => routing.release(unit, to, { signal }))
          : attempt(context, () => routing.assign(unit, from, { signal }))
      const early = await again()
      const other = move === 'releaseFirst' ? null : from
      if (coolDownSeconds === 0) return expect([early, cloud.holder(unit)]).toEqual([undefined, other])
      if (early === undefined) return expect(cloud.holder(unit)).toEqual(other)
      expect(['RateLimited', 'Busy', 'Conflict']).toContain(early.code)
      expect([early.outcome, cloud.holder(unit), cloud.effects()]).toEqual(['not-applied', to, effects])
      expect(early.retryAfterSeconds ?? coolDownSeconds).toBeLessThanOrEqual(coolDownSeconds)
      await clock.advance(coolDownSeconds * 1000)
      expect([await again(), cloud.holder(unit)]).toEqual([undefined, other])
    })

    if (accountWindows.length === 0) {
      it(`takes ${many} changes in a row, of a unit each`, { timeout }, async () => {
        const context = await subject()
        for (let count = 1; count <= many; count++) expect(await giveOne(context), `change ${count}`).toBeUndefined()
        expect(context.cloud.effects()).toBe(many)
      })
    }

    it.each(accountWindows)(
      'takes $mutations changes in $seconds s, and is told when it is one too many',
      { timeout },
      async (window) => {
        const context = await subject()
        const { cloud, clock } = context
        const { mutations } = window
        const given: number[] = []
        while (given.length < mutations) {
          await clock.advance(waitOf(given, accountWindows, clock.monotonic()))
          expect(await giveOne(context), `change ${given.length + 1}`).toBeUndefined()
          given.push(clock.monotonic())
        }
        const others = accountWindows.filter((one) => one !== window)
        await clock.advance(waitOf(given, others, clock.monotonic()))
        const refused = await giveOne(context)
        if (refused === undefined) return expect(cloud.effects()).toBe(mutations + 1)
        expect(refused).toMatchObject({ code: 'RateLimited', outcome: 'not-applied' })
        expect(cloud.effects()).toBe(mutations)
        await clock.advance(Math.max(...accountWindows.map(({ seconds }) => seconds)) * 1000)
        expect(await giveOne(context)).toBeUndefined()
      },
    )
  })
}

/** Milliseconds until all windows have room again, after changes that were over at these times. */
function waitOf(given: readonly number[], windows: readonly AccountWindow[], now: number): number {
  const free = windows.map(({ mutations, seconds }) => (given.at(-mutations) ?? -Infinity) + seconds * 1000)
  return Math.max(0, ...free.map((at) => at - now))
}

interface Refused {
  readonly code: string
  readonly outcome: string
  readonly retryAfterSeconds: number | undefined
}

/** Follows a mutation to its end; the error when it is refused. */
async function attempt(
  { run, finish }: Subject,
  mutate: () => ReturnType<Subject['routing']['assign']>,
): Promise<Refused | undefined> {
  const answer = await run(
    mutate().then(
      (result) => ({ result }),
      (error: Refused) => ({ error }),
    ),
  )
  if ('error' in answer) return answer.error
  await finish(Promise.resolve(answer.result))
  return undefined
}

/** Gives a new unit to a new server. */
function giveOne(context: Subject): Promise<Refused | undefined> {
  const { cloud, families, routing, signal } = context
  const [location] = cloud.locations
  const server: ServerReference = cloud.addServer(location).server
  const unit = cloud.addUnit(families[0] ?? 'ipv4', location)
  return attempt(context, () => routing.assign(unit, server, { signal }))
}
