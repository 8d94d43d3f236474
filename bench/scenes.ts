/**
 * `npm run bench -- scenes [--runs N]`: plays the end-to-end suites that lose nodes, or lose none, under a client's eyes
 * (e2e/README.md) N times, default 5, and gathers what each scene of theirs measured; seconds. Ends with 1 when a run of
 * them failed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { spread } from './quantile.ts'
import { writeResult } from './write-result.ts'

const measurementShape = z.object({ at: z.string(), what: z.string(), seconds: z.number() })
type Measurement = z.infer<typeof measurementShape>

const suites = ['node-loss', 'no-loss', 'clouds'] as const
const measurements = new URL('../reports/e2e-measurements.jsonl', import.meta.url)
const program = fileURLToPath(new URL('../e2e/run.ts', import.meta.url))

/** What was measured at or after the time. */
function readSince(began: string): readonly Measurement[] {
  return readFileSync(measurements, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => measurementShape.parse(JSON.parse(line)))
    .filter(({ at }) => at >= began)
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const samples: (Measurement & { readonly run: number })[] = []
const exitCodes: (number | null)[] = []
for (let run = 1; run <= Number(values.runs); run++) {
  const began = new Date().toISOString()
  const argv = ['--conditions=@failover-ip/source', program, 'failover', ...suites]
  const player = spawn(process.execPath, argv, { stdio: 'inherit' })
  await once(player, 'exit')
  exitCodes.push(player.exitCode)
  samples.push(...readSince(began).map((one) => ({ run, ...one })))
}
const names = [...new Set(samples.map(({ what }) => what))]
const summary = Object.fromEntries(
  names.map((name) => {
    const seconds = samples.filter(({ what }) => what === name).map((one) => one.seconds)
    return [name, { runs: seconds.length, ...spread(seconds) }]
  }),
)
const failed = exitCodes.filter((code) => code !== 0).length
console.log(JSON.stringify(summary, null, 2))
if (samples.length > 0) writeResult('scenes', { unit: 'seconds', runs: Number(values.runs), failed, summary, samples })
process.exitCode = failed === 0 && samples.length > 0 ? 0 : 1
