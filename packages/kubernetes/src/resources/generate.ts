/**
 * Writes `crds/*.yaml` here and in the chart, or, with `--check`, compares them with what would be written and fails when they differ.
 * Run it from anywhere: `node --conditions=@failover-ip/source packages/kubernetes/src/resources/generate.ts`.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { crds, printCrd } from './crds.ts'

const folders = ['../../crds/', '../../../../charts/failover-ip/crds/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)
const header = '# Generated from packages/kubernetes/src/resources; see generate.ts there. Do not edit.\n'

async function generate(folder: string, check: boolean): Promise<boolean> {
  const wanted = new Map(crds().map((crd) => [`${crd.metadata.name}.yaml`, header + printCrd(crd)]))
  await mkdir(folder, { recursive: true })
  const present = await readdir(folder)
  const stale: string[] = present.filter((name) => !wanted.has(name))
  for (const [name, text] of wanted) {
    const current = await readFile(folder + name, 'utf8').catch(() => undefined)
    if (current !== text) stale.push(name)
  }
  if (check) {
    for (const name of stale)
      console.error(`${folder}${name} is stale: run packages/kubernetes/src/resources/generate.ts`)
    return stale.length === 0
  }
  for (const name of stale) {
    const text = wanted.get(name)
    if (text === undefined) await rm(folder + name)
    else await writeFile(folder + name, text)
  }
  return true
}

const check = process.argv.includes('--check')
const outcomes = await Promise.all(folders.map(async (folder) => await generate(folder, check)))
process.exitCode = outcomes.every(Boolean) ? 0 : 1
