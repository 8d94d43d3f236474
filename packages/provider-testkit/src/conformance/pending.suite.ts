import type { JsonValue } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'

const slowSeconds = 30
const longestOperation = 1024

export function testPending({ provider, subject }: Suite): void {
  describe('operations', () => {
    if (!provider.capabilities.asynchronous) {
      it('are done when the call is over', async () => {
        const context = await subject()
        const { cloud, routing, signal, run } = context
        const { unit, to } = createScene(context, { held: false })
        expect(await run(routing.assign(unit, to, { signal }))).toEqual({ status: 'done' })
        expect(cloud.holder(unit)).toEqual(to)
      })
      return
    }

    it('are small, and another process follows them to their end', async () => {
      const context = await subject()
      const { cloud, clock, signal, run, open } = context
      const { unit, to, operation } = await startSlowly(context)
      expect(JSON.stringify(operation).length).toBeLessThanOrEqual(longestOperation)
      const other = await open()
      expect(await run(other.poll(operation, { signal }))).toMatchObject({ status: 'pending' })
      await clock.advance((slowSeconds + provider.capabilities.eventualReadSeconds) * 1000)
      expect(await run((await open()).poll(operation, { signal }))).toEqual({ status: 'done' })
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
      const { unit, operation } = await startSlowly(context)
      cloud.removeUnit(unit)
      expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'NotFound' })
    })

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

async function startSlowly(
  context: Subject,
): Promise<{ readonly unit: string; readonly to: object; readonly operation: JsonValue }> {
  const { cloud, routing, signal, run } = context
  cloud.slowDown?.(slowSeconds)
  const { unit, to } = createScene(context, { held: false })
  const result = await run(routing.assign(unit, to, { signal }))
  if (result.status !== 'pending') return expect.fail('a slow change is not done at once')
  return { unit, to, operation: JSON.parse(JSON.stringify(result.operation)) as JsonValue }
}
