/**
 * `npm run readme`: writes the transcript and the figures of README.md, from a run of the demo now and from
 * `bench/results`. Nothing in between the marks is written by hand.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './repository-files.ts'

const quantiles = z.object({ p50: z.number(), p95: z.number() })
const result = z.object({
  name: z.string(),
  commit: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number(), memoryGiB: z.number(), node: z.string() }),
})
const failover = result.extend({
  runs: z.number(),
  summary: z.object({
    accepted: quantiles,
    confirmed: quantiles,
    phases: z.object({ detected: quantiles, decided: quantiles, accepted: quantiles, confirmed: quantiles }),
  }),
})

const path = join(root, 'README.md')
const text = readFileSync(path, 'utf8')
writeFileSync(path, between(between(text, 'transcript', transcript()), 'figures', figures()))

function between(document: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!pattern.test(document)) throw new Error(`README.md has no marks for ${name}`)
  return document.replace(pattern, (_all, open: string, close: string) => `${open}${content}${close}`)
}

/** The lines of the demo from the first event on; what comes before names this machine's folders. */
function transcript(): string {
  const main = join(root, 'packages', 'local-cluster', 'dist', 'main.js')
  const output = execFileSync(process.execPath, [main, '--script'], { encoding: 'utf8', timeout: 120_000 })
  const lines = output.split('\n').filter((line) => /^ *\d+\.\d s {2}/.test(line))
  return ['```console', '$ npm start', ...lines, '```', ''].join('\n')
}

function figures(): string {
  const folder = join(root, 'bench', 'results')
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  if (!files.includes('failover.json'))
    throw new Error('bench/results/failover.json is missing: npm run bench -- failover')
  const { runs, summary, machine, commit } = failover.parse(
    JSON.parse(readFileSync(join(folder, 'failover.json'), 'utf8')),
  )
  const row = (name: string, { p50, p95 }: z.infer<typeof quantiles>): string => `| ${name} | ${p50} | ${p95} |`
  return [
    `Embedded cluster, ${runs} nodes powered off one after the other, the cloud's emulator at 150 ms a call and 1 s of read`,
    `lag; milliseconds from the power switch. ${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, commit`,
    `${commit.slice(0, 10)}; raw samples in [bench/results](bench/results); again with \`npm run bench -- failover\`.`,
    '',
    '| | p50 | p95 |',
    '| --- | --- | --- |',
    row('node off -> the cloud has accepted the move', summary.accepted),
    row('node off -> a read has confirmed it', summary.confirmed),
    row('of it: detected', summary.phases.detected),
    row('of it: accepted, the write of the intent included', summary.phases.accepted),
    row('of it: confirmed (1 s is the read lag)', summary.phases.confirmed),
    '',
  ].join('\n')
}
