/**
 * The seeds that a suite runs: the one of `SIMULATION_SEED` alone, when it is set, else the given number of them
 * (`SIMULATION_RUNS` overrides it).
 */
export function seedsFor(count: number, environment: Readonly<Record<string, string | undefined>>): readonly number[] {
  const seed = Number(environment['SIMULATION_SEED'] ?? Number.NaN)
  if (Number.isInteger(seed)) return [seed]
  const runs = Number(environment['SIMULATION_RUNS'] ?? Number.NaN)
  return Array.from({ length: Number.isInteger(runs) && runs > 0 ? runs : count }, (_, index) => index + 1)
}

/** Runs one after the other; a failure names its seed and how to replay it. */
export async function forEachSeed(seeds: readonly number[], run: (seed: number) => Promise<void>): Promise<void> {
  for (const seed of seeds) {
    try {
      await run(seed)
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed} (replay: SIMULATION_SEED=${seed}): ${error.message}`
      throw error
    }
  }
}
