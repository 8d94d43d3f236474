import type { ServerReference } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'

/** So many changes in a row count as no window; a window that admits more is not filled. */
const many = 30

/**
 * How often a cloud lets itself be changed. A manifest may promise less than the cloud admits, never more: within the
 * promise nothing is refused; beyond it a change is accepted, or refused as what it is.
 */
export function testPace({ provider, subject }: Suite): void {
  const { accountWindows, coolDownSeconds, move } = provider.capabilities
  const narrowest = accountWindows.toSorted((a, b) => a.mutations - b.mutations)[0]

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

    if (narrowest === undefined) {
      it(`takes ${many} changes in a row, of a unit each`, async () => {
        const context = await subject()
        for (let count = 0; count < many; count++) expect(await giveOne(context)).toBeUndefined()
        expect(context.cloud.effects()).toBe(many)
      })
    } else if (narrowest.mutations <= many) {
      const { mutations, seconds } = narrowest
      it(`takes ${mutations} changes in ${seconds} s, and is told when it is one too many`, async () => {
        const context = await subject()
        const { cloud, clock } = context
        for (let count = 0; count < mutations; count++) expect(await giveOne(context)).toBeUndefined()
        const refused = await giveOne(context)
        if (refused === undefined) return expect(cloud.effects()).toBe(mutations + 1)
        expect(refused).toMatchObject({ code: 'RateLimited', outcome: 'not-applied' })
        expect(cloud.effects()).toBe(mutations)
        await clock.advance(Math.max(...accountWindows.map((one) => one.seconds)) * 1000)
        expect(await giveOne(context)).toBeUndefined()
      })
    }
  })
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
