import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

export function testRelease({ provider, subject }: Suite): void {
  describe('release', () => {
    if (!provider.capabilities.release) {
      it('is refused as unsupported, changing nothing', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail } = context
        const { unit, from } = createScene(context, { held: true })
        const error = await fail(routing.release(unit, from, { signal }))
        expect(error).toMatchObject({ code: 'Unsupported', outcome: 'not-applied' })
        expect([cloud.holder(unit), cloud.effects()]).toEqual([from, 0])
      })
      return
    }

    it('takes the unit from the server, once', async () => {
      const context = await subject()
      const { cloud, routing, signal, families, finish } = context
      for (const family of families) {
        const { unit, from } = createScene(context, { held: true, family })
        await finish(routing.release(unit, from, { signal }))
        expect(cloud.holder(unit)).toBeNull()
        const effects = cloud.effects()
        await finish(routing.release(unit, from, { signal }))
        expect(cloud.effects()).toBe(effects)
      }
    })

    it('leaves a unit that is elsewhere where it is', async () => {
      const context = await subject()
      const { cloud, routing, signal, finish } = context
      const { unit, from, to } = createScene(context, { held: true })
      await finish(routing.release(unit, to, { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([from, 0])
    })

    it('is done when the unit is gone', async () => {
      const context = await subject()
      const { cloud, routing, signal, families, finish } = context
      for (const family of families) {
        const { unit, from } = createScene(context, { held: true, family })
        cloud.removeUnit(unit)
        await finish(routing.release(unit, from, { signal }))
      }
      expect(cloud.effects()).toBe(0)
    })
  })
}
