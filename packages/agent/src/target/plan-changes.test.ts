import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change } from '../network/change.ts'
import type { NetworkState } from '../network/network-state.ts'
import { createModelKernel } from '../testing/model-kernel.ts'
import { type Situation, situation } from '../testing/situations.ts'
import { planChanges } from './plan-changes.ts'
import { resolveTarget } from './resolve-target.ts'

const changesFor = ({ wanted, anchors }: Situation, state: NetworkState): readonly Change[] =>
  planChanges(resolveTarget(wanted, state, anchors), state)

function apply(state: NetworkState, changes: readonly Change[]): NetworkState {
  const kernel = createModelKernel(state)
  for (const change of changes) kernel.apply(change)
  return kernel.state
}

/** The same whatever the order in which the kernel came to it. */
function shown({ addresses, routes, translations }: NetworkState): unknown {
  const sorted = (entries: readonly object[]): readonly string[] =>
    entries.map((entry) => JSON.stringify(Object.entries(entry).toSorted(([a], [b]) => a.localeCompare(b)))).toSorted()
  return {
    addresses: sorted(addresses),
    routes: sorted(routes),
    translations: translations.kind === 'present' ? sorted(translations.entries) : translations.kind,
  }
}

const strangers = ({ addresses }: NetworkState): unknown => addresses.filter(({ ours }) => !ours)

/** Every randomised run prints its seed when it fails; `{ seed, path }` here replays it. */
const runs = { numRuns: 400 }

test('reaches what is wanted, and a second run changes nothing', () => {
  fc.assert(
    fc.property(situation, (world) => {
      const target = resolveTarget(world.wanted, world.state, world.anchors)
      const after = apply(world.state, planChanges(target, world.state))
      expect(changesFor(world, after)).toEqual([])
      for (const { device, address } of target.addresses) {
        expect(after.addresses.filter((entry) => entry.device === device && entry.address === address)).not.toEqual([])
      }
      for (const entry of after.addresses.filter(({ ours }) => ours)) {
        const goal = target.addresses.find(
          ({ address, device }) => address === entry.address && device === entry.device,
        )
        if (goal === undefined) expect(target.undecided.addresses).toContain(entry.address)
        else expect(entry).toMatchObject({ settled: true, prefixLength: goal.prefixLength })
      }
      expect(after.routes).toEqual(expect.arrayContaining([...target.routes]))
      if (after.translations.kind === 'present') {
        expect(after.translations.entries).toEqual(expect.arrayContaining([...target.translations]))
        expect(after.translations.intact).toBe(true)
      } else expect(after.translations.kind === 'absent' ? target.translations : []).toEqual([])
    }),
    runs,
  )
})

test('touches nothing of a stranger', () => {
  fc.assert(
    fc.property(situation, (world) => {
      expect(strangers(apply(world.state, changesFor(world, world.state)))).toEqual(strangers(world.state))
    }),
    runs,
  )
})

test('after a crash at any step a new run ends where the first would have', () => {
  fc.assert(
    fc.property(situation, (world) => {
      const changes = changesFor(world, world.state)
      const whole = shown(apply(world.state, changes))
      for (let done = 0; done < changes.length; done++) {
        const left = apply(world.state, changes.slice(0, done))
        expect(shown(apply(left, changesFor(world, left)))).toEqual(whole)
      }
    }),
    runs,
  )
})

test('makes no change that could be left out', () => {
  fc.assert(
    fc.property(situation, (world) => {
      const changes = changesFor(world, world.state)
      for (const left of changes) {
        const rest = changes.filter((change) => change !== left)
        const reached = ((): boolean => {
          try {
            return changesFor(world, apply(world.state, rest)).length === 0
          } catch {
            return false // the kernel refuses what the change would have made room for
          }
        })()
        expect({ left, reached }).toMatchObject({ reached: false })
      }
    }),
    runs,
  )
})

test('takes nothing of ours from an address for which something is missing just now', () => {
  fc.assert(
    fc.property(situation, (world) => {
      const { undecided } = resolveTarget(world.wanted, world.state, world.anchors)
      const changes = changesFor(world, world.state)
      for (const change of changes) {
        if (change.kind === 'removeAddress') expect(undecided.addresses).not.toContain(change.address.address)
      }
      const { translations } = world.state
      if (translations.kind !== 'present') return
      const after = apply(world.state, changes).translations
      const target = resolveTarget(world.wanted, world.state, world.anchors)
      for (const entry of translations.entries) {
        if (!undecided.translated.has(entry.to) || target.translations.some(({ from }) => from === entry.from)) continue
        expect(after.kind === 'present' ? after.entries : []).toContainEqual(entry)
      }
    }),
    runs,
  )
})

test('leaves nothing of ours when nothing is wanted', () => {
  fc.assert(
    fc.property(situation, (world) => {
      const after = apply(world.state, changesFor({ ...world, wanted: { carry: [], leave: [] } }, world.state))
      expect(after.addresses.filter(({ ours }) => ours)).toEqual([])
      expect(after.routes).toEqual([])
      expect(after.translations.kind).not.toBe('present')
    }),
    runs,
  )
})
