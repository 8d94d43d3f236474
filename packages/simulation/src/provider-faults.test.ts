import { createEngine } from '@failover-ip/core'
import { describe, expect, it } from 'vitest'
import { converge, writesDuring } from './convergence.ts'
import { forEachSeed, seedsFor } from './seeds.ts'
import { createServingWorld } from './serving-world.ts'
import { createWorld } from './world/world.ts'
import type { World } from './world/world.ts'

const seeds = seedsFor(3, process.env)

const changes = (world: World): number => world.cloud.mutations().length
const nodeBeside = (world: World, home: string): { readonly name: string; readonly server: string } => {
  const other = world.nodes.find(({ name }) => name !== home)
  if (other === undefined) throw new Error('there is one node only')
  return other
}

describe('the provider', { timeout: 120_000 }, () => {
  it('is away for 6 h while three nodes die one after the other: only the final moves are made [A50]', () =>
    forEachSeed(seeds.slice(0, 1), async (seed) => {
      const { world, violations } = await createServingWorld({ seed, nodes: 5, probes: false, leaderElection: false })
      const dead: string[] = []
      world.weather.providerAway = true
      for (let death = 1; death <= 3; death++) {
        const { node, addresses = [] } = world.status()
        const wanted = addresses.find(({ operation }) => operation !== undefined)?.operation?.toNode ?? node ?? ''
        const victim = dead.includes(wanted)
          ? (world.nodes.find(({ name }) => !dead.includes(name))?.name ?? '')
          : wanted
        dead.push(victim)
        world.node(victim).powerOff()
        await world.clock.advance(7_200_000)
      }
      const before = changes(world)
      world.weather.providerAway = false
      await converge(world, 300_000)
      expect(dead).not.toContain(world.status().node)
      expect(changes(world) - before).toBe(2)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('shows for 30 s what was before: a move is confirmed once and nothing swings back', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({
        seed,
        readLagSeconds: 30,
        capabilities: { eventualReadSeconds: 40 },
      })
      const home = world.status().node ?? ''
      const before = changes(world)
      const from = world.effects.list.length
      world.node(home).powerOff()
      await converge(world, 120_000)
      await world.clock.advance(300_000)
      expect(changes(world) - before).toBe(2)
      expect(world.effects.list.slice(from).filter(({ label }) => label.startsWith('PATCH'))).toHaveLength(2)
      expect(world.status().node).not.toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('answers every change with 429 for a while: it is tried again, not more often than the provider wants', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const home = world.status().node ?? ''
      const end = world.clock.monotonic() + 120_000
      world.weather.cloudFault = () =>
        world.clock.monotonic() < end ? { status: 429, retryAfterSeconds: 20 } : undefined
      const from = world.effects.list.length
      world.node(home).powerOff()
      await world.clock.advance(120_000)
      const sent = world.effects.list.slice(from).filter(({ label }) => label.startsWith('PATCH'))
      expect(sent.length).toBeLessThanOrEqual(2 * 7)
      await converge(world, 120_000)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('is changed by a human: adopted once, and left so', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const other = nodeBeside(world, world.status().node ?? '')
      for (const unit of world.units()) world.moveByHand(unit, other.server)
      const before = changes(world)
      await world.clock.advance(90_000)
      await converge(world, 30_000)
      expect(world.status().node).toBe(other.name)
      expect(changes(world)).toBe(before)
      expect(await writesDuring(world, 600_000)).toEqual([])
      expect(violations).toEqual([])
      world.stop()
    }))

  it('is changed by a human: reverted once, where that is the policy', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({
        seed,
        failoverIPs: [{ name: 'web', policy: { onDrift: 'Revert' } }],
      })
      const home = world.status().node ?? ''
      const other = nodeBeside(world, home)
      for (const unit of world.units()) world.moveByHand(unit, other.server)
      const before = changes(world)
      await world.clock.advance(200_000)
      await converge(world, 30_000)
      expect(world.status().node).toBe(home)
      expect(changes(world) - before).toBe(2)
      expect(await writesDuring(world, 600_000)).toEqual([])
      expect(violations).toEqual([])
      world.stop()
    }))

  it('has the address with a server that is none of ours: it is not touched', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed })
      const stranger = world.cloud.addServer({ name: 'stranger' })
      for (const unit of world.units()) world.moveByHand(unit, stranger.id)
      const before = changes(world)
      await world.clock.advance(300_000)
      expect(changes(world)).toBe(before)
      const ready = world.status().conditions?.find(({ type }) => type === 'Ready')
      expect([ready?.status, ready?.reason]).toEqual(['False', 'ForeignHolder'])
      expect(await writesDuring(world, 600_000)).toEqual([])
      expect(violations).toEqual([])
      world.stop()
    }))

  it('is down while the FailoverIP is deleted: it goes when the provider is back, and the address with it [A60]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({
        seed,
        failoverIPs: [{ name: 'web', policy: { deletionPolicy: 'Release' } }],
      })
      const units = world.units()
      world.weather.providerAway = true
      world.objects.remove('default/web')
      await world.clock.advance(300_000)
      expect(world.objects.get('default/web')?.failoverIP.deleting).toBe(true)
      world.weather.providerAway = false
      await world.clock.advanceUntil(() => world.objects.get('default/web') === undefined, {
        withinMilliseconds: 180_000,
      })
      expect(units.map((unit) => world.cloud.attachment(unit)?.server)).toEqual([null, null])
      expect(violations).toEqual([])
      world.stop()
    }))
})

describe('dry-run', { timeout: 120_000 }, () => {
  it('changes neither provider nor finalizers, whatever happens [A72]', () =>
    forEachSeed(seeds, async (seed) => {
      const world = createWorld({ seed, createEngine, dryRun: true })
      await world.clock.advance(60_000)
      for (const node of world.nodes.slice(0, 2)) node.powerOff()
      await world.clock.advance(120_000)
      expect(world.effects.list.filter(({ label }) => label.startsWith('PATCH') || label.includes('protect'))).toEqual(
        [],
      )
      expect(changes(world)).toBe(0)
      expect(world.status().plannedNode).toBe('node-3')
      world.stop()
    }))
})
