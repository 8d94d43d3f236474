/**
 * `node src/main.ts`: writes what `place` and `explain` make of the scenario, in words to `explained.txt` and as a picture
 * to `docs/placement.svg`. With `--check` it compares them with what is there and fails when they differ.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { place } from '@failover-ip/core'
import { describe } from './describe.ts'
import { draw } from './draw.ts'
import { scenario } from './scenario.ts'

const files: readonly (readonly [path: string, text: string])[] = [
  ['../explained.txt', describe(scenario)],
  ['../../../docs/placement.svg', draw(scenario, place(scenario))],
]

const [unknown] = process.argv.slice(2).filter((argument) => argument !== '--check')
if (unknown !== undefined) {
  console.error(`${JSON.stringify(unknown)} is not understood: --check is the only option`)
  process.exit(2)
}
for (const [path, text] of files) {
  const file = fileURLToPath(new URL(path, import.meta.url))
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${file} is stale: run examples/placement/src/main.ts`)
    process.exitCode = 1
  }
}
