import type { Engine, EngineInput, EngineOptions } from '@failover-ip/core'
import { describe, expect, it } from 'vitest'
import { createWorld } from './world.ts'

/** As little of an engine as moves an address: it assigns the first address to the first node that it hears. */
function createTrivialEngine({ clock, store, prober, authority }: EngineOptions): Engine {
  let input: EngineInput = { nodes: [], failoverIPs: [], accounts: [] }
  const step = async (signal: AbortSignal): Promise<void> => {
    const [account] = input.accounts
    const [failoverIP] = input.failoverIPs
    if (account === undefined || failoverIP === undefined || !authority.mayAct()) return
    const unit = `${failoverIP.addresses[0]}/32`
    for (const match of await account.routing.resolve(
      input.nodes.map(({ facts }) => facts),
      { signal },
    )) {
      const target = { node: match.node, address: '', interval: 200 }
      if (match.kind !== 'matched' || (await prober.probe(target, { signal })).kind !== 'reply') continue
      if (failoverIP.status.node === match.node) return
      await account.routing.assign(unit, match.server, { signal })
      await store.save(failoverIP, { node: match.node }, { signal })
      return
    }
  }
  return {
    update: (given) => {
      input = given
    },
    state: { failoverIPs: new Map(), nodes: new Map(), brake: undefined },
    run: async ({ signal }) => {
      while (!signal.aborted) {
        await step(signal).catch(() => undefined)
        await clock.sleep(500, { signal }).catch(() => undefined)
      }
    },
  }
}

const start = (options: Partial<Parameters<typeof createWorld>[0]> = {}): ReturnType<typeof createWorld> =>
  createWorld({ seed: 1, createEngine: createTrivialEngine, ...options })

describe('world', () => {
  it('lets an engine move an address through the real provider', async () => {
    const world = start()
    const [unit = ''] = world.units()
    await world.clock.advanceUntil(() => world.holder(unit) === 'node-1' && world.status().node === 'node-1')
    world.node('node-1').powerOff()
    await world.clock.advanceUntil(() => world.holder(unit) === 'node-2', { withinMilliseconds: 5000 })
    world.stop()
  })

  it('is the same for the same seed, and another for another one', async () => {
    const hashes = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const world = start({ seed, replicas: 2 })
        await world.clock.advance(60_000)
        world.stop()
        return world.trace.hash()
      }),
    )
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[2]).not.toBe(hashes[0])
  })

  it('keeps the answer from a process that dies, and not the effect from the world', async () => {
    let crashed = false
    const world = start({
      interfere: ({ label }) => {
        if (crashed || !label.startsWith('PATCH')) return undefined
        crashed = true
        return 'crashAfter'
      },
    })
    const [unit = ''] = world.units()
    await world.clock.advanceUntil(() => world.holder(unit) === 'node-1')
    expect(world.status().node).toBeUndefined()
    await world.clock.advanceUntil(() => world.status().node === 'node-1', { withinMilliseconds: 10_000 })
    expect(world.cloud.mutations()).toHaveLength(1)
    world.stop()
  })

  it('holds everything back from a process that stands still, and lets the other replica lead', async () => {
    const world = start({ replicas: 2 })
    await world.clock.advanceUntil(() => world.replicas.some(({ leading }) => leading))
    const first = world.replicas.findIndex(({ leading }) => leading)
    const [leader, other] = [world.replicas[first], world.replicas[1 - first]]
    leader?.pause()
    await world.clock.advanceUntil(() => other?.leading === true, { withinMilliseconds: 6000 })
    const before = world.effects.list.filter(({ process }) => process.startsWith(leader?.name ?? '')).length
    await world.clock.advance(60_000)
    expect(world.effects.list.filter(({ process }) => process.startsWith(leader?.name ?? ''))).toHaveLength(before)
    leader?.resume()
    await world.clock.advance(1000)
    expect(world.replicas.map(({ leading }) => leading).filter(Boolean)).toHaveLength(1)
    world.stop()
  })

  it('calls a node NotReady some 45 s after its last sign of life, and Ready again after the next', async () => {
    const world = start()
    const node = world.node('node-2')
    await world.clock.advance(20_000)
    node.powerOff()
    const at = world.clock.monotonic()
    await world.clock.advanceUntil(() => node.state(undefined).ready === 'Unknown')
    expect(world.clock.monotonic() - at).toBeGreaterThan(35_000)
    expect(world.clock.monotonic() - at).toBeLessThan(55_000)
    node.powerOn()
    expect(node.state(undefined).ready).toBe('True')
    world.stop()
  })
})
