import { createEngine } from '@failover-ip/core'
import { describe, expect, it } from 'vitest'
import { createChaos } from './chaos.ts'
import { converge } from './convergence.ts'
import { createRandom } from './random.ts'
import { forEachSeed, seedsFor } from './seeds.ts'
import { defaultPolicy } from './world/world-options.ts'
import { createWorld } from './world/world.ts'

const minute = 60_000
const names = ['web', 'mail', 'chat'] as const

describe('preferences, spread groups and failback under random faults', { timeout: 1_800_000 }, () => {
  it('come to rest, on the best liked nodes that the group leaves to each [A15] [A16]', () =>
    forEachSeed(seedsFor(2, process.env), async (seed) => {
      const random = createRandom(seed).split('wishes')
      const chaos = createChaos(random.split('chaos'))
      const nodes = random.whole(3, 5)
      const mode = random.pick<'Delayed' | 'Always'>(['Delayed', 'Always'])
      const policy = {
        detection: { ...defaultPolicy.detection, interval: 5000 },
        failback: { mode, delay: random.whole(0, 2) * minute },
      }
      const liked = names.map(() => `node-${random.whole(1, nodes)}`)
      const world = createWorld({
        seed,
        createEngine,
        nodes,
        replicas: random.whole(1, 2),
        failoverIPs: names.map((name, index) => ({
          name,
          families: ['ipv4'],
          policy,
          nodePreferences: [{ weight: 10, nodeSelector: { 'kubernetes.io/hostname': liked[index] ?? '' } }],
          spread: { group: 'all', maxPerNode: 1 },
        })),
        interfere: chaos.interfere,
      })
      await converge(world, minute)
      await chaos.reign(world, 2 * minute)
      await converge(world, 5 * minute)
      // A new process has not seen which nodes have failed; a failback waits for its delay and for the last move's minute.
      for (const replica of world.replicas) replica.kill()
      await world.clock.advance(4 * minute)
      await converge(world, minute)
      const places = names.map((name) => world.status(name).node)
      expect(new Set(places).size).toBe(names.length)
      // Each node that somebody likes serves one of those who do.
      for (const node of new Set(liked)) expect(node).toBe(liked[places.indexOf(node)])
      const count = world.cloud.mutations().length
      await world.clock.advance(3 * minute)
      expect(world.cloud.mutations()).toHaveLength(count)
      world.stop()
    }))
})
