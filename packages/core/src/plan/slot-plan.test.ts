import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SlotUser } from './slot-board.ts'
import { planSlots, type SlotPlan } from './slot-plan.ts'

const user = (
  key: string,
  at: string | undefined,
  target: string | undefined,
  more: Partial<SlotUser> = {},
): SlotUser => ({
  key,
  priority: 0,
  units: [{ kind: 'any', at: at === undefined ? [] : [at] }],
  target,
  stays: false,
  leaves: false,
  displaces: true,
  ...more,
})
const plan = (users: readonly SlotUser[], slots = 1, canRelease = true): SlotPlan =>
  planSlots(users, { slots: () => slots, canRelease })
const shown = ({ waiting, releases, barred }: SlotPlan) => ({
  waiting: Object.fromEntries(waiting),
  releases: Object.fromEntries(releases),
  barred: Object.fromEntries(barred),
})

describe('slots change hands', () => {
  test('at once where there is room', () => {
    expect(shown(plan([user('x', undefined, 'a'), user('y', 'a', 'a')], 2))).toEqual({
      waiting: {},
      releases: {},
      barred: {},
    })
  })

  test('first the move that frees a slot, then the one that needs it, along a whole chain', () => {
    const chain = [user('x', undefined, 'a'), user('y', 'a', 'b'), user('z', 'b', 'c')]
    expect(shown(plan(chain))).toEqual({ waiting: { x: ['y'], y: ['z'] }, releases: {}, barred: {} })
  })

  test('by the release of one of lower priority that belongs nowhere [A17]', () => {
    const high = user('high', 'dead', 'a', { priority: 10 })
    expect(shown(plan([high, user('low', 'a', undefined)]))).toEqual({
      waiting: { high: ['low'] },
      releases: { low: 'high' },
      barred: {},
    })
  })

  test('never by the release of an equal, of one that must stay, or for a server that is dead', () => {
    const nobody = { releases: {}, waiting: {}, barred: {} }
    expect(shown(plan([user('x', undefined, 'a'), user('y', 'a', undefined)]))).toEqual(nobody)
    const high = user('high', undefined, 'a', { priority: 10 })
    expect(shown(plan([high, user('low', 'a', undefined, { stays: true })]))).toEqual(nobody)
    expect(shown(plan([{ ...high, displaces: false }, user('low', 'a', undefined)]))).toEqual(nobody)
  })

  test('not where the provider cannot release, which is said', () => {
    const high = user('high', undefined, 'a', { priority: 10 })
    expect(shown(plan([high, user('low', 'a', undefined)], 1, false))).toEqual({
      waiting: {},
      releases: {},
      barred: { high: 'low' },
    })
  })

  test('in a ring of full servers by the release of its least urgent', () => {
    const ring = [user('x', 'a', 'b', { priority: 5 }), user('y', 'b', 'c'), user('z', 'c', 'a')]
    expect(shown(plan(ring))).toEqual({
      waiting: { x: ['y'], y: ['z'], z: ['x'] },
      releases: { y: 'x' },
      barred: {},
    })
  })

  test('of as many as are needed, and of each family by itself', () => {
    const pair = (at: string | undefined) => ['v4', 'v6'].map((kind) => ({ kind, at: at === undefined ? [] : [at] }))
    const high = user('high', undefined, 'a', { priority: 10, units: pair(undefined) })
    const four = user('four', 'a', undefined, { units: [{ kind: 'v4', at: ['a'] }] })
    const six = user('six', 'a', undefined, { units: [{ kind: 'v6', at: ['a'] }] })
    expect(shown(plan([high, four, six])).releases).toEqual({ six: 'high', four: 'high' })
    expect(shown(plan([{ ...high, units: pair(undefined).slice(0, 1) }, four, six])).releases).toEqual({ four: 'high' })
  })

  test('to the end: carried out step by step, all who have a target reach it, and no server is ever overfull', () => {
    const servers = ['a', 'b', 'c', 'd']
    const arbitrary = fc.record({
      slots: fc.integer({ min: 1, max: 2 }),
      wishes: fc.array(
        fc.record({ from: fc.integer({ min: -1, max: 3 }), to: fc.integer({ min: -1, max: 3 }), priority: fc.nat(3) }),
        { maxLength: 10 },
      ),
    })
    fc.assert(
      fc.property(arbitrary, ({ slots, wishes }) => {
        const load = new Map<string, number>()
        const take = (server: string | undefined): string | undefined => {
          if (server === undefined || (load.get(server) ?? 0) >= slots) return undefined
          load.set(server, (load.get(server) ?? 0) + 1)
          return server
        }
        const starts = wishes.map(({ from }) => take(servers[from]))
        load.clear()
        const ordered = wishes
          .map(({ to, priority }, index) => ({ to, priority, index }))
          .toSorted((one, other) => other.priority - one.priority)
        let users = ordered.map(({ to, priority, index }) =>
          user(`u${index}`, starts[index], take(servers[to]), { priority }),
        )
        const isThere = ({ units, target }: SlotUser): boolean => units.every(({ at }) => at[0] === target)
        for (let step = 0; step < 40 && !users.every((one) => one.target === undefined || isThere(one)); step += 1) {
          const { waiting, releases } = plan(users, slots)
          const loads = new Map(servers.map((server) => [server, residents(users, server)]))
          users = users.map((one) => {
            if (releases.has(one.key)) return { ...one, units: [{ kind: 'any', at: [] }] }
            if (one.target === undefined || waiting.has(one.key) || isThere(one)) return one
            const there = loads.get(one.target) ?? 0
            // Nobody is sent to a full server but behind one that will not leave.
            if (there >= slots) expect(users.some((other) => keeps(other, one))).toBe(true)
            if (there >= slots) return one
            loads.set(one.target, there + 1)
            return { ...one, units: [{ kind: 'any', at: [one.target] }] }
          })
        }
        const left = users.filter((one) => one.target !== undefined && !isThere(one))
        for (const one of left) expect(users.some((other) => keeps(other, one))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

function residents(users: readonly SlotUser[], server: string): number {
  return users.filter(({ units }) => units[0]?.at[0] === server).length
}

/** It belongs nowhere, and its priority is as good. */
function keeps({ units, target, priority }: SlotUser, other: SlotUser): boolean {
  return target === undefined && units[0]?.at[0] !== undefined && priority >= other.priority
}
