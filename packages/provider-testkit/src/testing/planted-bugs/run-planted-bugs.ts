/** Runs the suite against all planted bugs, the tests alone that are to find them, and prints what became of each. */
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter } from 'vitest/node'
import { startVitest } from 'vitest/node'
import { plantedBugs } from './planted-bugs.ts'

/** Title of a test with those of the groups around it. */
export interface PlantedResult {
  readonly title: string
  readonly state: string
}

const suite = fileURLToPath(new URL('planted-bugs.suite.ts', import.meta.url))
const conditions = ['@failover-ip/source']
const escaped = plantedBugs.map(({ bug, foundBy }) =>
  `${bug} > ${foundBy}`.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
)

const reporter: Reporter = {
  onTestRunEnd: (modules) => {
    const results = modules.flatMap((module) =>
      [...module.children.allTests()].map((test): PlantedResult => ({
        title: test.fullName,
        state: test.result().state,
      })),
    )
    const ran = results.filter(({ state }) => state === 'passed' || state === 'failed')
    process.stdout.write(`${JSON.stringify(ran)}\n`)
  },
}

const vitest = await startVitest(
  [],
  {
    config: false,
    root: dirname(suite),
    include: [basename(suite)],
    testNamePattern: new RegExp(`(${escaped.join('|')})$`),
    watch: false,
    reporters: [reporter],
  },
  { resolve: { conditions }, ssr: { resolve: { conditions } } },
)
await vitest.close()
// Failures are what is wanted here; they are judged by the reader of the output.
process.exitCode = 0
