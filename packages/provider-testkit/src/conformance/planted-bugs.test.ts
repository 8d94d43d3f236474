import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { plantedBugs } from '../testing/planted-bugs/planted-bugs.ts'

const script = fileURLToPath(new URL('../testing/planted-bugs/run-planted-bugs.ts', import.meta.url))
const results = z.array(z.object({ title: z.string(), state: z.enum(['passed', 'failed']) }))

/** In a process of its own, since vitest does not run inside of vitest. */
async function runPlantedBugs(): Promise<ReadonlyMap<string, string>> {
  const run = promisify(execFile)
  const args = ['--conditions=@failover-ip/source', script]
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, VITEST: '' }, timeout: 60_000 })
  const lines = stdout.trim().split('\n')
  return new Map(results.parse(JSON.parse(lines.at(-1) ?? '')).map(({ title, state }) => [title, state]))
}

describe('the conformance suite', () => {
  let states: ReadonlyMap<string, string> = new Map()

  beforeAll(async () => {
    states = await runPlantedBugs()
  }, 60_000)

  it.each(plantedBugs.map(({ bug, foundBy }) => [bug, foundBy]))('finds a provider that %s', (bug, foundBy) => {
    expect(states.get(`acme keeps the provider contract, ${bug} > ${foundBy}`)).toBe('failed')
  })
})
