import { createEngine } from '@failover-ip/core'
import { describe, expect, it } from 'vitest'
import { converge } from './convergence.ts'
import { watchInvariants } from './invariants.ts'
import type { Effect, Interference } from './machine/effects.ts'
import { seedsFor } from './seeds.ts'
import { createWorld } from './world/world.ts'
import type { WorldOptions } from './world/world-options.ts'

const interferences: readonly Interference[] = ['crashBefore', 'crashAfter', 'requestLost', 'answerLost', 'refused']
const [seed = 1] = seedsFor(1, process.env)

interface Scenario {
  readonly title: string
  readonly options?: Partial<WorldOptions>
  /** Loses the node after the first assignment; else the first assignment itself is looked at. */
  readonly losesNode: boolean
  /** What the reference run was seen to have; fewer means that boundaries are no longer looked at. */
  readonly leastBoundaries: number
  /** Passes over renewals of the Lease, which other scenarios meet. */
  readonly passesLease?: boolean
}

const scenarios: readonly Scenario[] = [
  { title: 'of a move [A40]', losesNode: true, leastBoundaries: 8 },
  { title: 'of the first assignment [A40]', losesNode: false, leastBoundaries: 11 },
  {
    title: 'of a move that takes the provider a while [A40]',
    losesNode: true,
    options: { switches: { attachSeconds: 2 } },
    passesLease: true,
    leastBoundaries: 20,
  },
  {
    title: 'of a move that needs a detach [A40]',
    losesNode: true,
    options: { switches: { moveNeedsDetach: true } },
    passesLease: true,
    leastBoundaries: 16,
  },
]

interface Run {
  readonly effects: readonly Effect[]
  readonly attached: readonly string[]
  readonly node: string | undefined
  readonly violations: readonly string[]
}

interface Boundary {
  readonly number: number
  readonly interference: Interference
}

/** One run of a scenario; the effect of the given number, counted from its beginning, is interfered with. */
async function play({ options, losesNode }: Scenario, at?: Boundary): Promise<Run> {
  let begun = losesNode ? Number.POSITIVE_INFINITY : 0
  const world = createWorld({
    seed,
    createEngine,
    ...options,
    interfere: ({ index }) => (at !== undefined && index === begun + at.number ? at.interference : undefined),
  })
  const violations = watchInvariants(world)
  if (losesNode) {
    await converge(world, 60_000)
    await world.clock.advance(5000)
    begun = world.effects.list.length
    world.node(world.status().node ?? '').powerOff()
  }
  const before = world.cloud.mutations().length
  await converge(world, 60_000)
  const effects = world.effects.list.slice(begun)
  await world.clock.advance(10_000)
  await converge(world, 60_000)
  world.stop()
  const changes = world.cloud.mutations().slice(before)
  return {
    effects,
    attached: changes.flatMap(({ effect }) => (effect?.startsWith('attached') === true ? effect : [])).toSorted(),
    node: world.status().node,
    violations,
  }
}

describe('every boundary', { timeout: 240_000 }, () => {
  it.each(scenarios)('$title', async (scenario) => {
    const reference = await play(scenario)
    const boundaries = reference.effects.map(({ label }) => label)
    process.stdout.write(`seed ${seed}: ${boundaries.length} boundaries, each met by ${interferences.join(', ')}\n`)
    expect(boundaries.length).toBeGreaterThanOrEqual(scenario.leastBoundaries)
    expect(boundaries.filter((label) => label.startsWith('save')).length).toBeGreaterThanOrEqual(2)
    expect(reference.attached).toHaveLength(2)
    for (const [number, label] of boundaries.entries()) {
      if (scenario.passesLease === true && label.endsWith(' Lease')) continue
      for (const interference of interferences) {
        const where = `seed ${seed}, boundary ${number} (${label}), ${interference}`
        const run = await play(scenario, { number, interference }).catch((error: unknown) => {
          throw new Error(`${where}: ${String(error)}`, { cause: error })
        })
        expect(run.violations, where).toEqual([])
        expect(run.node, where).toBe(reference.node)
        expect(run.attached, where).toEqual(reference.attached)
      }
    }
  })
})
