import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

/** So many units on one server count as no limit. */
const many = 12

export function testLimits({ provider, subject }: Suite): void {
  const { locationRule, slotsPerServer, slotsPerFamily = false, move } = provider.capabilities
  /** Where a held unit is refused for being held, free ones show the other refusals. */
  const held = move !== 'releaseFirst'

  describe('limits', () => {
    if (locationRule !== null) {
      it(`keeps a unit in its ${locationRule.location}, changing nothing`, async () => {
        const context = await subject()
        const { cloud, routing, signal, fail } = context
        const { unit, from } = createScene(context, { held })
        const far = cloud.addServer(cloud.locations[1] ?? '').server
        const error = await fail(routing.assign(unit, far, { signal }))
        expect(['NotFound', 'Invalid', 'Conflict']).toContain(error.code)
        expect([error.outcome, cloud.holder(unit), cloud.effects()]).toEqual(['not-applied', held ? from : null, 0])
      })
    } else {
      it('moves a unit to any location', async () => {
        const context = await subject()
        const { cloud, routing, signal, finish, rest } = context
        const { unit } = createScene(context, { held: false })
        for (const location of cloud.locations) {
          await rest()
          const { server } = cloud.addServer(location)
          const holder = cloud.holder(unit)
          if (move === 'releaseFirst' && holder !== null) {
            await finish(routing.release(unit, holder, { signal }))
            await rest()
          }
          await finish(routing.assign(unit, server, { signal }))
          expect(cloud.holder(unit)).toEqual(server)
        }
      })
    }

    const each = slotsPerFamily ? ' of each family' : ''
    it(`carries ${slotsPerServer ?? `${many} or more`} units${each} on one server`, async () => {
      const { cloud, routing, signal, families, finish, rest } = await subject()
      const [location] = cloud.locations
      const { server } = cloud.addServer(location)
      const fitting = (slotsPerServer ?? many) * (slotsPerFamily ? families.length : 1)
      for (let count = 0; count < fitting; count++) {
        const unit = cloud.addUnit(families[count % families.length] ?? 'ipv4', location)
        await rest()
        await finish(routing.assign(unit, server, { signal }))
        expect(cloud.holder(unit)).toEqual(server)
      }
    })

    if (slotsPerServer !== null) {
      it('refuses one more than a server can carry, and leaves it where it is', async () => {
        const context = await subject()
        const { cloud, routing, signal, families, fail } = context
        const { unit, from, to } = createScene(context, { held })
        for (let count = 0; count < slotsPerServer; count++) {
          cloud.place(cloud.addUnit(families[0] ?? 'ipv4', cloud.locations[0]), to)
        }
        const error = await fail(routing.assign(unit, to, { signal }))
        expect(['Invalid', 'Conflict']).toContain(error.code)
        expect([error.outcome, cloud.holder(unit), cloud.effects()]).toEqual(['not-applied', held ? from : null, 0])
      })
    }
  })
}
