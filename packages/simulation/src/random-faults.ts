import { createEngine } from '@failover-ip/core'
import { createChaos } from './chaos.ts'
import { converge, writesDuring } from './convergence.ts'
import { watchInvariants } from './invariants.ts'
import { createRandom } from './random.ts'
import type { Trace } from './trace.ts'
import { defaultPolicy } from './world/world-options.ts'
import { createWorld } from './world/world.ts'

const faultTime = 120_000
const healTime = 300_000

/** What one seed came to. */
export interface Outcome {
  readonly trace: Trace
  /** What was broken of what must always hold. */
  readonly violations: readonly string[]
  /** What was written in the quiet time, though nothing happened any more. */
  readonly writes: readonly string[]
  /** Changes at the provider in the quiet time. */
  readonly changes: number
}

/**
 * A world of the seed's own making, faults by the seed, then healing, convergence and a quiet time of so many
 * milliseconds. Rejects when the world does not converge.
 */
export async function playRandomFaults(seed: number, quiet: number): Promise<Outcome> {
  const random = createRandom(seed).split('scenario')
  const chaos = createChaos(random.split('chaos'))
  const policy = {
    detection: { ...defaultPolicy.detection, interval: 1000 },
    onDrift: random.pick<'Adopt' | 'Revert'>(['Adopt', 'Revert']),
  } as const
  const world = createWorld({
    seed,
    createEngine,
    nodes: random.whole(2, 5),
    replicas: random.whole(1, 2),
    failoverIPs: [
      { name: 'web', policy },
      { name: 'mail', families: ['ipv4'], priority: 10, policy },
    ],
    switches: { moveNeedsDetach: random.next() < 0.3, sameServerRefused: random.next() < 0.3 },
    interfere: chaos.interfere,
  })
  const violations = watchInvariants(world)
  await converge(world, 60_000)
  await chaos.reign(world, faultTime)
  await converge(world, healTime)
  // Late consequences: drift that is read, a Lease that is taken back, standbys that are ranked anew.
  await world.clock.advance(60_000)
  await converge(world, healTime)
  const before = world.cloud.mutations().length
  const writes = await writesDuring(world, quiet)
  await converge(world, 1000)
  const changes = world.cloud.mutations().length - before
  world.stop()
  return { trace: world.trace, violations, writes, changes }
}
