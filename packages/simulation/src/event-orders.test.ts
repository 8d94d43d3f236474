import { describe, expect, it } from 'vitest'
import { seedsFor } from './seeds.ts'
import { createServingWorld } from './serving-world.ts'
import type { World } from './world/world.ts'

const [seed = 1] = seedsFor(1, process.env)

/** What happens, in any order. Two addresses fit on a server, so that the last two nodes have just room for all. */
const events: Readonly<Record<string, (world: World) => void>> = {
  'node-1 dies': (world) => world.node('node-1').powerOff(),
  'node-2 dies': (world) => world.node('node-2').powerOff(),
  'urgent comes': (world) => world.add({ name: 'urgent', families: ['ipv4'], priority: 100 }),
  'web rises': (world) => world.objects.edit('default/web', { priority: 50 }),
}

function ordersOf<Value>(values: readonly Value[]): readonly (readonly Value[])[] {
  if (values.length <= 1) return [values]
  return values.flatMap((first, index) =>
    ordersOf(values.toSpliced(index, 1)).map((rest): readonly Value[] => [first, ...rest]),
  )
}

const isServed = (world: World, name: string): boolean => {
  const { node } = world.status(name)
  const [unit = ''] = world.units(name)
  return node !== undefined && world.holder(unit) === node && world.node(node).powered
}

describe('events', { timeout: 240_000 }, () => {
  it('end in the same service by priority, and in rest, whatever their order [A22]', async () => {
    for (const order of ordersOf(Object.keys(events))) {
      const where = `seed ${seed}: ${order.join(', ')}`
      const { world, violations } = await createServingWorld({
        seed,
        nodes: 4,
        failoverIPs: [
          { name: 'web', families: ['ipv4'] },
          { name: 'mail', families: ['ipv4'], priority: 10 },
          { name: 'chat', families: ['ipv4'] },
        ],
        capabilities: { slotsPerServer: 2 },
        switches: { slotsPerServer: 2 },
      })
      for (const event of order) {
        world.trace.add(event)
        events[event]?.(world)
        await world.clock.advance(10_000)
      }
      await world.clock.advance(40_000)
      const before = world.cloud.mutations().length
      await world.clock.advance(35_000)
      expect(world.cloud.mutations().length, where).toBe(before)
      const unserved = ['urgent', 'web', 'mail', 'chat'].filter((name) => !isServed(world, name))
      expect(unserved, where).toEqual([])
      expect(violations, where).toEqual([])
      world.stop()
    }
  })
})
