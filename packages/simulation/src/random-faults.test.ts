import { describe, expect, it } from 'vitest'
import { playRandomFaults } from './random-faults.ts'
import { forEachSeed, seedsFor } from './seeds.ts'

const seeds = seedsFor(40, process.env)
const quietTime = 60_000
/** Every so many seeds are run a second time, and watched for ten quiet minutes. */
const closeLook = 20

describe('random faults', { timeout: 1_800_000 }, () => {
  it('break nothing that must always hold, and all is well again after them', () =>
    forEachSeed(seeds, async (seed) => {
      const { violations, writes, changes } = await playRandomFaults(seed, quietTime)
      expect(violations).toEqual([])
      expect(changes).toBe(0)
      expect(writes).toEqual([])
    }))

  it('are the same for the same seed, and leave a quiet world', () =>
    forEachSeed(
      seeds.filter((seed) => seeds.length === 1 || seed % closeLook === 0),
      async (seed) => {
        const [one, two] = [await playRandomFaults(seed, 600_000), await playRandomFaults(seed, 600_000)]
        expect(one.trace.hash()).toBe(two.trace.hash())
        expect(one.changes).toBe(0)
        // Standbys are ranked anew once for each node that counts as stable again.
        expect(one.writes.length).toBeLessThanOrEqual(10)
      },
    ))
})
