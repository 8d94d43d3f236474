import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()

/** When the benchmark began: what it measures was read or built then, and it may take an hour. */
const commit = git('rev-parse', 'HEAD')
const changed = git('status', '--porcelain') !== ''

/** Keeps raw samples in `bench/results/NAME.json`, with the machine and the commit they were measured on. */
export function writeResult(name: string, result: object): void {
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  }
  const text = JSON.stringify(
    { name, measuredAt: new Date().toISOString(), machine, commit, changed, ...result },
    null,
    2,
  )
  writeFileSync(new URL(`${name}.json`, folder), `${text}\n`)
}
