import { expect } from 'vitest'
import { recordMeasurement } from '../harness/measurements.ts'
import { targets, type Stage } from './stage.ts'
import { servers } from './traffic.ts'

export interface CalmOptions {
  /** The share of datagrams, and of connections, that may be lost. Default: none. */
  readonly mayLose?: number
  /** Targets that need only be served in the end, for a reason that is not ours. */
  readonly mayMiss?: readonly string[]
}

/**
 * Does something that must not be seen from outside, and resolves when it is done: nothing moved, nothing was changed at
 * the cloud, and the holder alone answered, every datagram and every connection but the share of them that may be lost.
 */
export async function observeCalm(
  stage: Stage,
  act: (holder: string) => Promise<void>,
  { mayLose = 0, mayMiss = [] }: CalmOptions = {},
): Promise<void> {
  const { scene, cloud, traffic } = stage
  const holder = stage.holder()
  if (holder === undefined) throw new Error('nobody holds the addresses')
  const { moves } = await scene.status('web')
  const changes = cloud.changes()
  await traffic.reset()
  await act(holder)
  await traffic.untilServedBy(holder, targets)
  let longest = 0
  for (const name of targets) {
    const seen = await traffic.of(name)
    longest = Math.max(longest, seen.gapMs)
    expect(servers(seen), name).toEqual([holder])
    if (mayMiss.includes(name)) continue
    expect(shareOf(seen.lost, seen.datagrams), `datagrams to ${name} that were lost`).toBeLessThanOrEqual(mayLose)
    expect(shareOf(seen.failures, seen.connections), `connections to ${name} that failed`).toBeLessThanOrEqual(mayLose)
  }
  expect(cloud.changes()).toBe(changes)
  expect(await scene.status('web')).toMatchObject({ node: holder, moves })
  const { currentTestName = '' } = expect.getState()
  await recordMeasurement(`failover: ${currentTestName}: the client's longest silence`, longest / 1000)
}

function shareOf(lost: number, answered: Readonly<Record<string, number>>): number {
  const all = Object.values(answered).reduce((sum, count) => sum + count, lost)
  return lost / Math.max(1, all)
}
