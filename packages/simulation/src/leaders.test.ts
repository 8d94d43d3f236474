import { describe, expect, it } from 'vitest'
import { converge } from './convergence.ts'
import { forEachSeed, seedsFor } from './seeds.ts'
import { createServingWorld } from './serving-world.ts'
import type { Replica } from './world/replica.ts'
import type { World } from './world/world.ts'

const seeds = seedsFor(3, process.env)

const leaderOf = (world: World): Replica => {
  const leaders = world.replicas.filter(({ leading }) => leading)
  const [leader] = leaders
  if (leader === undefined || leaders.length > 1) throw new Error(`${leaders.length} replicas lead`)
  return leader
}

describe('two replicas', { timeout: 120_000 }, () => {
  it('have one leader at every instant, and each serves when it is its turn [A42]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      for (let turn = 1; turn <= 4; turn++) {
        const leader = leaderOf(world)
        if (turn % 2 === 0) leader.kill()
        else leader.terminate()
        const home = world.status().node ?? ''
        world.node(home).powerOff()
        await converge(world, 30_000)
        expect(world.status().node).not.toBe(home)
        expect(world.replicas.filter(({ leading }) => leading)).toHaveLength(1)
        world.node(home).powerOn()
        await world.clock.advance(90_000)
      }
      expect(violations).toEqual([])
      world.stop()
    }))

  it('lose the leader and the holder in one instant: the other one moves the address [A43]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const dead = leaderOf(world)
      const home = world.status().node ?? ''
      dead.kill()
      world.node(home).powerOff()
      await converge(world, 60_000)
      expect(leaderOf(world)).not.toBe(dead)
      expect(world.status().node).not.toBe(home)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('hands over in under a second after SIGTERM', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const leader = leaderOf(world)
      leader.terminate()
      await world.clock.advanceUntil(() => world.replicas.some((replica) => replica !== leader && replica.leading), {
        withinMilliseconds: 1000,
      })
      expect(violations).toEqual([])
      world.stop()
    }))

  it('have one holder when the leader stands still for 60 s in the middle of a move and wakes', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      const leader = leaderOf(world)
      const home = world.status().node ?? ''
      const before = world.cloud.mutations().length
      world.node(home).powerOff()
      await world.clock.advanceUntil(() => world.status().addresses?.some(({ operation }) => operation) === true)
      leader.pause()
      await world.clock.advance(60_000)
      expect(leaderOf(world)).not.toBe(leader)
      leader.resume()
      await converge(world, 30_000)
      await world.clock.advance(60_000)
      expect(world.status().node).not.toBe(home)
      expect(world.cloud.mutations().length - before).toBe(2)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('send no second half of a move by one that stood still between the two and woke up without the Lease [A41]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({
        seed,
        replicas: 2,
        failoverIPs: [{ name: 'web', families: ['ipv4'] }],
        switches: { moveNeedsDetach: true },
      })
      const leader = leaderOf(world)
      const home = world.status().node ?? ''
      let paused: string | undefined
      const late: string[] = []
      world.effects.listen({
        done: ({ label, process }) => {
          if (paused !== undefined || !label.includes('"server":null')) return
          paused = process
          leader.pause()
        },
        issued: ({ label, process, changes }) => {
          if (process === paused && changes && label.startsWith('PATCH')) late.push(label)
        },
      })
      world.node(home).powerOff()
      await world.clock.advanceUntil(() => paused !== undefined, { withinMilliseconds: 10_000 })
      await world.clock.advance(60_000)
      expect(leaderOf(world)).not.toBe(leader)
      // Its successor has the address on a node; then that one is cordoned, and the old target with it.
      const second = world.status().node ?? ''
      world.node(second).cordon(true)
      leader.resume()
      await converge(world, 60_000)
      expect(late).toEqual([])
      expect([home, second]).not.toContain(world.status().node)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('repair it when the last change of a leader that stood still slips through 60 s later', () =>
    forEachSeed(seeds, async (seed) => {
      let armed = false
      const { world, violations } = await createServingWorld({
        seed,
        replicas: 2,
        interfere: ({ label }) => {
          if (!armed || !label.startsWith('PATCH')) return undefined
          armed = false
          return 'pauseBefore'
        },
      })
      const leader = leaderOf(world)
      const home = world.status().node ?? ''
      armed = true
      world.node(home).powerOff()
      await world.clock.advanceUntil(() => !armed)
      // By then the other one leads and has moved the addresses on; the first target dies as well.
      const first = world.status().addresses?.find(({ operation }) => operation)?.operation?.toNode ?? ''
      world.node(first).powerOff()
      await converge(world, 60_000)
      const second = world.status().node
      world.node(first).powerOn()
      await world.clock.advance(20_000)
      const before = world.cloud.mutations().length
      leader.resume()
      await world.clock.advance(1000)
      expect(world.cloud.mutations().length).toBeGreaterThan(before)
      await converge(world, 120_000)
      expect([first, second]).toContain(world.status().node)
      expect(violations.filter((line) => !/was changed by epoch|which was well/.test(line))).toEqual([])
      world.stop()
    }))

  it('wait for the call of a predecessor that was killed with its request on the way', () =>
    forEachSeed(seeds, async (seed) => {
      let armed = false
      const { world, violations } = await createServingWorld({
        seed,
        replicas: 2,
        failoverIPs: [{ name: 'web', families: ['ipv4'] }],
        capabilities: { eventualReadSeconds: 0 },
        interfere: ({ label }) => {
          if (!armed || !label.startsWith('PATCH')) return undefined
          armed = false
          return 'crashInFlight'
        },
      })
      const home = world.status().node ?? ''
      armed = true
      world.node(home).powerOff()
      await world.clock.advanceUntil(() => !armed)
      const target = world.status().addresses?.[0]?.operation?.toNode ?? ''
      world.node(target).cordon(true)
      await converge(world, 60_000)
      expect([home, target]).not.toContain(world.status().node)
      expect(violations).toEqual([])
      world.stop()
    }))

  it('lead again after the Lease was deleted, and after its holder was cleared [A44]', () =>
    forEachSeed(seeds, async (seed) => {
      const { world, violations } = await createServingWorld({ seed, replicas: 2 })
      for (const harm of ['delete', 'clear'] as const) {
        const { lease } = world
        lease.version += 1
        lease.current =
          harm === 'delete' || lease.current === undefined
            ? undefined
            : {
                ...lease.current,
                metadata: { ...lease.current.metadata, resourceVersion: String(lease.version) },
                spec: { holderIdentity: '', leaseDurationSeconds: 4 },
              }
        const home = world.status().node ?? ''
        world.node(home).powerOff()
        let most = 0
        const end = world.clock.monotonic() + 15_000
        while (world.clock.monotonic() < end) {
          await world.clock.advance(100)
          most = Math.max(most, world.replicas.filter(({ leading }) => leading).length)
        }
        expect(most).toBe(1)
        await converge(world, 15_000)
        expect(world.status().node).not.toBe(home)
        world.node(home).powerOn()
        await world.clock.advance(60_000)
      }
      expect(violations).toEqual([])
      world.stop()
    }))
})
