import { createEngine } from '@failover-ip/core'
import { converge } from './convergence.ts'
import { watchInvariants } from './invariants.ts'
import { createWorld } from './world/world.ts'
import type { World } from './world/world.ts'
import type { WorldOptions } from './world/world-options.ts'

export interface ServingWorld {
  readonly world: World
  /** What was broken of what must always hold. */
  readonly violations: readonly string[]
}

/** How long nothing happens before a scenario begins: probe paths are proven by then, and the last writes are done. */
const settleTime = 6000

/** A world with the real engine in which every FailoverIP has found its node. */
export async function createServingWorld(options: Omit<WorldOptions, 'createEngine'>): Promise<ServingWorld> {
  const world = createWorld({ createEngine, ...options })
  const violations = watchInvariants(world)
  await converge(world, 60_000)
  await world.clock.advance(settleTime)
  return { world, violations }
}
