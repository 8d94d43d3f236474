import { describe, expect, it } from 'vitest'
import { converge, hasConverged, writesDuring } from './convergence.ts'
import { forEachSeed, seedsFor } from './seeds.ts'
import { createServingWorld } from './serving-world.ts'

const seeds = seedsFor(2, process.env)
const timeout = 120_000

describe('a node is lost', { timeout }, () => {
  it('moves both addresses of a node without power to a healthy one, once, and leaves them there [A30]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      const before = world.cloud.mutations().length
      world.node(home).powerOff()
      await converge(world, 5000)
      const next = world.status().node
      expect(next).not.toBe(home)
      expect(world.cloud.mutations().length - before).toBe(2)
      world.node(home).powerOn()
      // Standbys are ranked anew when the node is back, and when it counts as stable again.
      await world.clock.advance(660_000)
      expect(await writesDuring(world, 600_000)).toEqual([])
      expect(world.status().node).toBe(next)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('finds the last healthy node when a second one dies during the move [A35]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      world.node(home).powerOff()
      const intent = (): string | undefined =>
        world.status().addresses?.find(({ operation }) => operation)?.operation?.toNode
      await world.clock.advanceUntil(() => intent() !== undefined, { withinMilliseconds: 5000 })
      const target = intent() ?? ''
      world.node(target).powerOff()
      await converge(world, 60_000)
      expect([home, target]).not.toContain(world.status().node)
      expect(violations).toEqual([])
      world.stop()
    }))

  it.each([
    ['was read to have it', 0, 0],
    ['was accepted, while reads still show the one before', 3, 0],
    ['was accepted, and reads say so in a moment', 0.5, 1300],
  ])('leaves a node at once that dies when its address %s [A35]', (_when, readLagSeconds, later) =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, readLagSeconds })
      const home = world.status().node ?? ''
      world.node(home).cordon(true)
      const holders = (): ReadonlySet<string | undefined> => new Set(world.units().map((unit) => world.holder(unit)))
      const isAccepted = (): boolean => holders().size === 1 && !holders().has(home)
      const isRead = (): boolean => hasConverged(world)
      await world.clock.advanceUntil(readLagSeconds === 0 ? isRead : isAccepted, { withinMilliseconds: 10_000 })
      await world.clock.advance(later)
      const [target = ''] = holders()
      world.node(target).powerOff()
      // Far less than the time in which a read proves nothing (`eventualReadSeconds`).
      await world.clock.advanceUntil(() => !holders().has(target), { withinMilliseconds: 2000 })
      await converge(world, 60_000)
      expect([home, target]).not.toContain(world.status().node)
      expect(violations).toEqual([])
      world.stop()
    }),
  )

  it('moves nothing while all nodes look dead, and stays when they are heard again [A36]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node
      const before = world.cloud.mutations().length
      for (const node of world.nodes) node.powerOff()
      await world.clock.advance(120_000)
      expect(world.cloud.mutations().length).toBe(before)
      expect(world.status().node).toBe(home)
      for (const node of world.nodes) node.powerOn()
      await converge(world, 120_000)
      expect(world.status().node).toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('moves nothing when only the operator does not hear the holder', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      const before = world.cloud.mutations().length
      world.network.cut('replica-1', home)
      await world.clock.advance(300_000)
      expect(world.cloud.mutations().length).toBe(before)
      expect(world.status().node).toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('moves nothing when only witnesses hear the holder, and its kubelet rests for half a minute [A32]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const home = world.status().node ?? ''
      const before = world.cloud.mutations().length
      for (const { name } of world.replicas) world.network.cut(name, home)
      // Whoever leads now has never heard it.
      world.replicas.find(({ leading }) => leading)?.kill()
      await world.clock.advance(20_000)
      world.node(home).setKubelet(false)
      await world.clock.advance(38_000)
      world.node(home).setKubelet(true)
      await world.clock.advance(60_000)
      expect(world.cloud.mutations().length).toBe(before)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('moves nothing when the operator hears no node at all', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const before = world.cloud.mutations().length
      for (const { name } of world.nodes) world.network.cut('replica-1', name)
      await world.clock.advance(120_000)
      expect(world.cloud.mutations().length).toBe(before)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('moves at the latest with NotReady when a node loses the cluster and only its kubelet dies not', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      world.node(home).setConnected(false)
      await converge(world, 60_000)
      expect(world.status().node).not.toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('leaves a cordoned node by plan, and does not return', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      world.node(home).cordon(true)
      await converge(world, 10_000)
      const next = world.status().node
      expect(next).not.toBe(home)
      world.node(home).cordon(false)
      await world.clock.advance(60_000)
      expect(await writesDuring(world, 600_000)).toEqual([])
      expect(world.status().node).toBe(next)
      expect(violations).toEqual([])
      world.stop()
    }))
})

describe('the API server is away', { timeout }, () => {
  it('keeps an address on its healthy node for as long as it takes', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const before = world.cloud.mutations().length
      const home = world.status().node
      world.setApiAway(true)
      await world.clock.advance(600_000)
      world.setApiAway(false)
      await world.clock.advance(120_000)
      await converge(world, 60_000)
      expect(world.cloud.mutations().length).toBe(before)
      expect(world.status().node).toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('moves once after it is back, when a node died during the 10 minutes without it [A45]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const home = world.status().node ?? ''
      const before = world.cloud.mutations().length
      world.setApiAway(true)
      await world.clock.advance(300_000)
      world.node(home).powerOff()
      await world.clock.advance(300_000)
      expect(world.cloud.mutations().length).toBe(before)
      world.setApiAway(false)
      await converge(world, 60_000)
      expect(world.status().node).not.toBe(home)
      expect(world.cloud.mutations().length - before).toBe(2)
      expect(violations).toEqual([])
      world.stop()
    }))
})
