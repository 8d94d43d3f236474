import type { Outcome, ProviderErrorCode } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'
import { rateLimitSeconds } from './test-cloud.ts'
import type { TestFault } from './test-cloud.ts'

/** What a change that fails so must reject with. `effects`: whether the change happens all the same. */
const expectations: Readonly<
  Record<Exclude<TestFault, 'hanging' | 'truncated'>, { code: ProviderErrorCode; outcome: Outcome; effects: boolean }>
> = {
  refused: { code: 'Transient', outcome: 'not-applied', effects: false },
  droppedBefore: { code: 'Transient', outcome: 'unknown', effects: false },
  droppedAfter: { code: 'Transient', outcome: 'unknown', effects: true },
  serverError: { code: 'Transient', outcome: 'unknown', effects: false },
  rateLimited: { code: 'RateLimited', outcome: 'not-applied', effects: false },
  busy: { code: 'Busy', outcome: 'not-applied', effects: false },
  echoing: { code: 'Invalid', outcome: 'not-applied', effects: false },
  malformed: { code: 'Transient', outcome: 'unknown', effects: true },
}

export function testFaults({ provider, sample, subject }: Suite): void {
  const faults = sample.faults.filter((fault) => fault !== 'hanging' && fault !== 'truncated')

  describe('faults', () => {
    it.each(faults)('a change that is %s tells what may have happened, and a read resolves it', async (fault) => {
      const context = await subject()
      const { cloud, clock, routing, signal, run, fail, finish } = context
      const { unit, to } = createScene(context, { held: false })
      const { code, outcome, effects } = expectations[fault]
      cloud.fail('changes', fault)
      const error = await fail(routing.assign(unit, to, { signal }))
      expect(error).toMatchObject({ code, outcome })
      if (fault === 'rateLimited') expect(error.retryAfterSeconds).toBe(rateLimitSeconds)
      expect(cloud.effects()).toBe(effects ? 1 : 0)
      cloud.heal()
      await clock.advance(provider.capabilities.eventualReadSeconds * 1000)
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([
        { kind: 'found', server: effects ? to : null },
      ])
      await finish(routing.assign(unit, to, { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([to, 1])
    })

    it('refused credentials are Denied, and nothing changes', async () => {
      const context = await subject()
      const { cloud, signal, open, fail } = context
      const { unit, to } = createScene(context, { held: false })
      const denied = await open(cloud.wrongCredentials)
      const error = await fail(denied.assign(unit, to, { signal }))
      expect(error).toMatchObject({ code: 'Denied', outcome: 'not-applied' })
      expect(cloud.effects()).toBe(0)
    })

    if (provider.capabilities.release) {
      it('a release whose answer is lost is unknown, and done the second time', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail, finish } = context
        const { unit, from } = createScene(context, { held: true })
        cloud.fail('changes', 'droppedAfter')
        const error = await fail(routing.release(unit, from, { signal }))
        expect(error).toMatchObject({ code: 'Transient', outcome: 'unknown' })
        cloud.heal()
        await finish(routing.release(unit, from, { signal }))
        expect([cloud.holder(unit), cloud.effects()]).toEqual([null, 1])
      })
    }
  })
}
