import type { JsonValue, ServerReference } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'
import type { TestEnd } from './test-cloud.ts'

const slowSeconds = 30
const longestOperation = 1024

export function testPending({ provider, sample, subject }: Suite): void {
  const { asynchronous, eventualReadSeconds, release } = provider.capabilities
  const wholeChange = (slowSeconds + eventualReadSeconds) * 1000

  describe('operations', () => {
    if (!asynchronous) {
      it('are done when the call is over', async () => {
        const context = await subject()
        const { cloud, routing, signal, run } = context
        const { unit, to } = createScene(context, { held: false })
        expect(await run(routing.assign(unit, to, { signal }))).toEqual({ status: 'done' })
        expect(cloud.holder(unit)).toEqual(to)
      })
      return
    }

    it('are small, plain JSON, and hold no credential', async () => {
      const context = await subject()
      const { operation } = await startSlowly(context)
      const text = JSON.stringify(operation)
      expect(text.length).toBeLessThanOrEqual(longestOperation)
      expect(JSON.parse(text)).toStrictEqual(operation)
      const secrets = Object.values(context.cloud.credentials).filter(({ length }) => length > 7)
      for (const secret of secrets) expect(text).not.toContain(secret)
    })

    it('are followed to their end by another process, from what was stored, and polled without changing anything', async () => {
      const context = await subject()
      const { cloud, clock, signal, run, open } = context
      const { unit, to, stored } = await startSlowly(context)
      const other = await open()
      for (const _ of [1, 2]) expect(await run(other.poll(stored, { signal }))).toMatchObject({ status: 'pending' })
      await clock.advance(wholeChange)
      expect(await run((await open()).poll(stored, { signal }))).toEqual({ status: 'done' })
      expect([cloud.holder(unit), cloud.effects()]).toEqual([to, 1])
    })

    it('do not count as done before they are', async () => {
      const context = await subject()
      const { routing, signal, run } = context
      const { unit } = await startSlowly(context)
      const [observation] = await run(routing.observe([unit], { signal }))
      if (observation?.kind !== 'found') expect.fail('the unit is there')
      expect(observation.inFlight || observation.server === null).toBe(true)
    })

    it('reject with NotFound when the cloud has forgotten them', async () => {
      const context = await subject()
      const { cloud, routing, signal, fail } = context
      const { unit, stored } = await startSlowly(context)
      if (cloud.forgetOperations === undefined) cloud.removeUnit(unit)
      else cloud.forgetOperations()
      expect(await fail(routing.poll(stored, { signal }))).toMatchObject({ code: 'NotFound' })
    })

    if (sample.faults.includes('missingPage')) {
      it('are not forgotten because a page says 404', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail } = context
        const { stored } = await startSlowly(context)
        cloud.fail('reads', 'missingPage')
        expect((await fail(routing.poll(stored, { signal }))).code).not.toBe('NotFound')
      })
    }

    it('end when a human moves the unit meanwhile, and observe says where it is', async () => {
      const context = await subject()
      const { cloud, clock, routing, signal, run } = context
      const { unit, to, stored } = await startSlowly(context)
      const third = cloud.addServer(to.location).server
      cloud.place(unit, third)
      await clock.advance(wholeChange)
      const end = await run(routing.poll(stored, { signal }).catch(() => 'rejected'))
      expect(end).not.toMatchObject({ status: 'pending' })
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: third }])
    })

    it('keep a second change out, or give way to it', async () => {
      const context = await subject()
      const { cloud, clock, routing, signal, run, finish } = context
      const { unit, to, stored } = await startSlowly(context)
      const second = cloud.addServer(to.location).server
      const answer = await run(
        routing.assign(unit, second, { signal }).then(
          (accepted) => ({ accepted }),
          (error: unknown) => ({ error }),
        ),
      )
      if ('accepted' in answer) {
        await finish(Promise.resolve(answer.accepted))
        await clock.advance(wholeChange)
        return expect(cloud.holder(unit)).toEqual(second)
      }
      const code = expect.stringMatching(/^(Busy|Conflict|RateLimited)$/) as string
      expect(answer.error).toMatchObject({ code, outcome: 'not-applied' })
      await clock.advance(wholeChange)
      await finish(routing.poll(stored, { signal }))
      expect(cloud.holder(unit)).toEqual(to)
    })

    if (release) {
      it('of a release are followed to their end too', async () => {
        const context = await subject()
        const { cloud, clock, routing, signal, run } = context
        cloud.slowDown?.(slowSeconds)
        const { unit, from } = createScene(context, { held: true })
        const result = await run(routing.release(unit, from, { signal }))
        if (result.status !== 'pending') expect.fail('a slow release is not done at once')
        expect(await run(routing.poll(result.operation, { signal }))).toMatchObject({ status: 'pending' })
        await clock.advance(wholeChange)
        expect(await run(routing.poll(result.operation, { signal }))).toEqual({ status: 'done' })
        expect(cloud.holder(unit)).toBeNull()
      })
    }

    if (sample.endChanges !== undefined) {
      it('that failed at the cloud reject, and observe says where the unit is', async () => {
        const context = await subject()
        const { clock, routing, signal, run, fail } = context
        const { unit, stored } = await startSlowly(context, 'failed')
        await clock.advance(wholeChange)
        // Another code would keep the unit from the server for minutes, and a cloud that fails for seconds may fail at each.
        expect(await fail(routing.poll(stored, { signal }))).toMatchObject({ code: 'Transient', outcome: 'unknown' })
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: null }])
      })

      it('that are stuck at the cloud are never done', async () => {
        const context = await subject()
        const { clock, routing, signal, run } = context
        const { unit, stored } = await startSlowly(context, 'stuck')
        for (let hour = 0; hour < 3; hour++) {
          await clock.advance(3_600_000)
          expect(await run(routing.poll(stored, { signal }))).toMatchObject({ status: 'pending' })
        }
        const [observation] = await run(routing.observe([unit], { signal }))
        if (observation?.kind !== 'found') expect.fail('the unit is there')
        expect(observation.inFlight || observation.server === null).toBe(true)
      })

      it('that the cloud calls done and that did nothing are no reason to see the unit elsewhere than it is', async () => {
        const context = await subject()
        const { clock, routing, signal, run } = context
        const { unit, stored } = await startSlowly(context, 'withoutEffect')
        await clock.advance(wholeChange)
        const end = await run(routing.poll(stored, { signal }).catch(() => 'rejected'))
        expect(end).not.toMatchObject({ status: 'pending' })
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: null }])
      })
    }

    if (sample.rotateCredentials !== undefined) {
      it('are followed by a process with rotated credentials', async () => {
        const context = await subject()
        const { cloud, clock, routing, signal, run, open, fail } = context
        const { unit, to, stored } = await startSlowly(context)
        const renewed = await open(cloud.rotateCredentials?.())
        expect(await fail(routing.poll(stored, { signal }))).toMatchObject({ code: 'Denied' })
        await clock.advance(wholeChange)
        expect(await run(renewed.poll(stored, { signal }))).toEqual({ status: 'done' })
        expect(cloud.holder(unit)).toEqual(to)
      })
    }

    it.each<[string, JsonValue]>([
      ['null', null],
      ['an empty object', {}],
      ['text', 'x'],
      ['a list', [1, 2]],
    ])('that are %s are refused, since what is stored may be from anybody', async (_, operation) => {
      const { routing, signal, fail } = await subject()
      expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'Invalid' })
    })
  })
}

interface Started {
  readonly unit: string
  readonly to: ServerReference
  readonly operation: JsonValue
  /** The operation as it comes back from the store. */
  readonly stored: JsonValue
}

/** A unit that nobody has, on its way to a server. */
async function startSlowly(context: Subject, end?: TestEnd): Promise<Started> {
  const { cloud, routing, signal, run } = context
  cloud.slowDown?.(slowSeconds)
  if (end !== undefined) cloud.endChanges?.(end)
  const { unit, to } = createScene(context, { held: false })
  const result = await run(routing.assign(unit, to, { signal }))
  if (result.status !== 'pending') return expect.fail('a slow change is not done at once')
  const { operation } = result
  return { unit, to, operation, stored: JSON.parse(JSON.stringify(operation)) as JsonValue }
}
