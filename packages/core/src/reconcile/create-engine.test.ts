import { describe, expect, test } from 'vitest'
import { v4 } from '../plan/testing/situation.ts'
import { createSmallWorld, refuse, type SmallWorldOptions } from './testing/small-world.ts'

const minute = 60_000
/** A turn a second keeps probe paths proven. */
const mostPerMinute: Readonly<Record<string, number>> = {
  turn: 90,
  observe: 6,
  resolve: 2,
  assign: 2,
  poll: 7,
  save: 7,
}

describe('nothing runs hot under a fault that lasts', () => {
  const forEver: Readonly<Record<string, SmallWorldOptions>> = {
    'steady state': { routedTo: { [v4]: 'a' } },
    'a cloud that cannot be read': { routing: { observe: refuse('Transient') } },
    'servers that cannot be matched': { routing: { resolve: refuse('Denied') }, routedTo: { [v4]: 'a' } },
    'a cloud that is away': { routing: { observe: refuse('Transient'), resolve: refuse('Transient') } },
    'changes that time out': { routing: { assign: refuse('Transient', 'unknown') } },
    'changes that are refused': { routing: { assign: refuse('Invalid') } },
    'changes that nobody may make': { routing: { assign: refuse('Denied') } },
    'changes that are called done and never happen': { routing: { assign: async () => ({ status: 'done' }) } },
    'operations that stay pending': {
      routing: {
        assign: async () => ({ status: 'pending', operation: 1 }),
        poll: async () => ({ status: 'pending', operation: 1 }),
      },
    },
    'operations that fail': {
      routing: { assign: async () => ({ status: 'pending', operation: 1 }), poll: refuse('Conflict') },
    },
    'operations that cannot be asked about': {
      routing: { assign: async () => ({ status: 'pending', operation: 1 }), poll: refuse('Transient') },
    },
    'a store that meets conflicts': { save: async () => 'conflict' },
    'a store that rejects': { save: () => Promise.reject(new Error('the store is away')) },
    'authority that is lost': { authority: { mayAct: () => false } },
    'a unit that is always in flight': {
      routing: {
        observe: async (units) =>
          units.map((unit) => ({ kind: 'found', unit, location: 'z', server: null, inFlight: true, locked: false })),
      },
    },
  }
  test.each(Object.entries(forEver))('%s', async (_name, options) => {
    const world = createSmallWorld(options)
    const { ended, stop } = world.run()
    await world.clock.advance(5 * minute)
    const before = Object.keys(mostPerMinute).map((call) => [call, world.count(call)] as const)
    await world.clock.advance(10 * minute)
    const perMinute = before.map(([call, count]) => [call, (world.count(call) - count) / 10] as const)
    const hot = perMinute.filter(([call, count]) => count > (mostPerMinute[call] ?? 0))
    expect(hot).toEqual([])
    stop()
    await world.clock.advanceUntil(ended)
    expect(world.clock.sleepers).toBe(0)
  })
})
