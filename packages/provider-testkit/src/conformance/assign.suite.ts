import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

export function testAssign({ provider, subject }: Suite): void {
  const { move, unitPrefixLength } = provider.capabilities
  const families = (['ipv4', 'ipv6'] as const).filter((family) => unitPrefixLength[family] !== undefined)

  describe.each(families)('assign, %s', (family) => {
    it('gives a free unit to a server', async () => {
      const context = await subject()
      const { cloud, routing, signal, finish } = context
      const { unit, to } = createScene(context, { held: false, family })
      await finish(routing.assign(unit, to, { signal }))
      expect(cloud.holder(unit)).toEqual(to)
    })

    it('changes nothing when the unit is there already, whoever put it there', async () => {
      const context = await subject()
      const { cloud, routing, signal, finish } = context
      const { unit, from } = createScene(context, { held: true, family })
      await finish(routing.assign(unit, from, { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([from, 0])
    })

    it('changes nothing the second time', async () => {
      const context = await subject()
      const { cloud, routing, signal, finish, open } = context
      const { unit, to } = createScene(context, { held: false, family })
      await finish(routing.assign(unit, to, { signal }))
      const effects = cloud.effects()
      await finish(routing.assign(unit, to, { signal }))
      await finish((await open()).assign(unit, to, { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([to, effects])
    })

    if (move === 'releaseFirst') {
      it('does not move what is held elsewhere before it is released', async () => {
        const context = await subject()
        const { cloud, routing, signal, fail, finish, rest } = context
        const { unit, from, to } = createScene(context, { held: true, family })
        expect(await fail(routing.assign(unit, to, { signal }))).toMatchObject({ outcome: 'not-applied' })
        expect([cloud.holder(unit), cloud.effects()]).toEqual([from, 0])
        await rest()
        await finish(routing.release(unit, from, { signal }))
        await rest()
        await finish(routing.assign(unit, to, { signal }))
        expect(cloud.holder(unit)).toEqual(to)
      })
    } else {
      it('moves what is held elsewhere', async () => {
        const context = await subject()
        const { cloud, routing, signal, finish, rest } = context
        const { unit, from, to } = createScene(context, { held: true, family })
        await finish(routing.assign(unit, to, { signal }))
        expect(cloud.holder(unit)).toEqual(to)
        await rest()
        await finish(routing.assign(unit, from, { signal }))
        expect(cloud.holder(unit)).toEqual(from)
        if (move === 'direct') expect(cloud.effects()).toBe(2)
      })
    }

    it('refuses a unit and a server that do not exist, changing nothing', async () => {
      const context = await subject()
      const { cloud, routing, signal, fail } = context
      const held = move !== 'releaseFirst'
      const { unit, from, to } = createScene(context, { held, family })
      const gone = createScene(context, { held: false, family }).unit
      cloud.removeUnit(gone)
      expect(await fail(routing.assign(gone, to, { signal }))).toMatchObject({
        code: 'NotFound',
        outcome: 'not-applied',
      })
      cloud.removeServer(to)
      const error = await fail(routing.assign(unit, to, { signal }))
      expect(['NotFound', 'Invalid']).toContain(error.code)
      expect([error.outcome, cloud.holder(unit), cloud.effects()]).toEqual(['not-applied', held ? from : null, 0])
    })

    it('keeps units apart that are moved at once', async () => {
      const context = await subject()
      const { cloud, routing, signal, run, finish } = context
      const scenes = [1, 2, 3].map(() => createScene(context, { held: false, family }))
      const results = await run(Promise.all(scenes.map(({ unit, to }) => routing.assign(unit, to, { signal }))))
      for (const result of results) await finish(Promise.resolve(result))
      for (const { unit, to } of scenes) expect(cloud.holder(unit)).toEqual(to)
    })
  })
}
