import type { Outcome, ProviderErrorCode } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'
import { lateSeconds, rateLimitSeconds } from './test-cloud.ts'
import type { TestFault } from './test-cloud.ts'

/** Faults of lists and of answers that do not come, which other parts of the suite look at. */
type OtherFault = 'hanging' | 'trickling' | 'truncated' | 'droppedLate'

/** What a change that fails so must reject with. `effects`: whether the change happens all the same. */
const expectations: Readonly<
  Record<
    Exclude<TestFault, OtherFault>,
    { readonly codes: readonly ProviderErrorCode[]; readonly outcomes: readonly Outcome[]; readonly effects: boolean }
  >
> = {
  refused: { codes: ['Transient'], outcomes: ['not-applied'], effects: false },
  droppedBefore: { codes: ['Transient'], outcomes: ['unknown'], effects: false },
  droppedAfter: { codes: ['Transient'], outcomes: ['unknown'], effects: true },
  serverError: { codes: ['Transient'], outcomes: ['unknown'], effects: false },
  maintenance: { codes: ['Transient', 'Busy'], outcomes: ['unknown', 'not-applied'], effects: false },
  htmlPage: { codes: ['Transient'], outcomes: ['unknown'], effects: false },
  missingPage: { codes: ['Transient', 'Invalid'], outcomes: ['not-applied'], effects: false },
  rateLimited: { codes: ['RateLimited'], outcomes: ['not-applied'], effects: false },
  rateLimitedUntil: { codes: ['RateLimited'], outcomes: ['not-applied'], effects: false },
  busy: { codes: ['Busy'], outcomes: ['not-applied'], effects: false },
  echoing: { codes: ['Invalid'], outcomes: ['not-applied'], effects: false },
  malformed: { codes: ['Transient'], outcomes: ['unknown'], effects: true },
}

export function testFaults({ provider, sample, subject }: Suite): void {
  const { eventualReadSeconds, release } = provider.capabilities
  const faults = sample.faults.filter(isOfChanges)

  describe('faults', () => {
    it.each(faults)('a change that is %s tells what may have happened, and a read resolves it', async (fault) => {
      const context = await subject()
      const { cloud, clock, routing, signal, run, fail, finish, rest } = context
      const { unit, to } = createScene(context, { held: false })
      const { codes, outcomes, effects } = expectations[fault]
      cloud.fail('changes', fault)
      const error = await fail(routing.assign(unit, to, { signal }))
      expect(codes).toContain(error.code)
      expect(outcomes).toContain(error.outcome)
      expect(error.message).toMatch(/\w/)
      if (fault === 'rateLimited') expect(error.retryAfterSeconds).toBe(rateLimitSeconds)
      if (fault === 'rateLimitedUntil') {
        expect(error.retryAfterSeconds).toBeGreaterThan(0)
        expect(error.retryAfterSeconds).toBeLessThanOrEqual(60)
      }
      expect(cloud.effects()).toBe(effects ? 1 : 0)
      cloud.heal()
      await clock.advance(eventualReadSeconds * 1000)
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([
        { kind: 'found', server: effects ? to : null },
      ])
      await rest()
      await finish(routing.assign(unit, to, { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([to, 1])
    })

    it.each(faults)('a change that is %s is not tried again by the provider itself', async (fault) => {
      const context = await subject()
      const { cloud, clock, routing, signal, fail, sent } = context
      const { unit, to } = createScene(context, { held: false })
      cloud.fail('changes', fault)
      const began = clock.monotonic()
      await fail(routing.assign(unit, to, { signal }))
      expect(sent.toSorted()).toEqual([...new Set(sent)].toSorted())
      expect(clock.monotonic() - began).toBeLessThan(rateLimitSeconds * 1000)
    })

    if (sample.faults.includes('droppedLate')) {
      it('a change whose effect comes late is unknown, and is seen when it has come', async () => {
        const context = await subject()
        const { cloud, clock, routing, signal, run, fail } = context
        const { unit, to } = createScene(context, { held: false })
        cloud.fail('changes', 'droppedLate')
        expect(await fail(routing.assign(unit, to, { signal }))).toMatchObject({ outcome: 'unknown' })
        cloud.heal()
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: null }])
        await clock.advance((lateSeconds + eventualReadSeconds) * 1000)
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: to }])
      })
    }

    it('refused credentials are Denied, and nothing changes', async () => {
      const context = await subject()
      const { cloud, signal, open, fail } = context
      const { unit, to } = createScene(context, { held: false })
      const denied = await open(cloud.wrongCredentials)
      const error = await fail(denied.assign(unit, to, { signal }))
      expect(error).toMatchObject({ code: 'Denied', outcome: 'not-applied' })
      expect(cloud.effects()).toBe(0)
    })

    if (sample.rotateCredentials !== undefined) {
      it('credentials that were rotated are Denied, and the new ones do', async () => {
        const context = await subject()
        const { cloud, routing, signal, run, open, fail, finish } = context
        const { unit, to } = createScene(context, { held: false })
        await run(routing.observe([unit], { signal }))
        const rotated = cloud.rotateCredentials?.()
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ error: { code: 'Denied' } }])
        expect(await fail(routing.assign(unit, to, { signal }))).toMatchObject({
          code: 'Denied',
          outcome: 'not-applied',
        })
        await finish((await open(rotated)).assign(unit, to, { signal }), await open(rotated))
        expect(cloud.holder(unit)).toEqual(to)
      })
    }

    if (release) {
      it('a release whose answer is lost is unknown, and done the second time', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail, finish, rest } = context
        const { unit, from } = createScene(context, { held: true })
        cloud.fail('changes', 'droppedAfter')
        const error = await fail(routing.release(unit, from, { signal }))
        expect(error).toMatchObject({ code: 'Transient', outcome: 'unknown' })
        cloud.heal()
        await rest()
        await finish(routing.release(unit, from, { signal }))
        expect([cloud.holder(unit), cloud.effects()]).toEqual([null, 1])
      })
    }

    if (release && sample.faults.includes('missingPage')) {
      it('a page that says 404 is no word of the cloud that a unit is not there to be released', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail } = context
        const { unit, from } = createScene(context, { held: true })
        cloud.fail('reads', 'missingPage')
        cloud.fail('changes', 'missingPage')
        expect((await fail(routing.release(unit, from, { signal }))).code).not.toBe('NotFound')
        expect(cloud.holder(unit)).toEqual(from)
      })
    }
  })
}

function isOfChanges(fault: TestFault): fault is Exclude<TestFault, OtherFault> {
  return Object.hasOwn(expectations, fault)
}
