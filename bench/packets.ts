/**
 * `npm run bench -- packets [--only NAME[:RUNS],...]`: how long a client in the world goes unanswered, and how soon the
 * cloud has accepted the move, on the real cluster of three nodes (e2e/README.md). From the last answer; milliseconds.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { spread } from './quantile.ts'
import { writeResult } from './write-result.ts'

const sampleShape = z.looseObject({
  scenario: z.string(),
  run: z.number(),
  gaps: z.record(z.string(), z.number()),
  accepted: z.number(),
  /** Kubernetes' own NotReady, in the scenario that waits for it. */
  notReady: z.number().optional(),
})
type Sample = z.infer<typeof sampleShape> & { readonly load: number }

const program = fileURLToPath(new URL('../e2e/failover/measure.ts', import.meta.url))
const argv = ['--conditions=@failover-ip/source', program, ...process.argv.slice(2)]
const player = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
const ended = once(player, 'exit')
const samples: Sample[] = []
for await (const line of createInterface({ input: player.stdout })) {
  if (!line.startsWith('{')) continue // what the cluster says of its start
  const sample = { ...sampleShape.parse(JSON.parse(line)), load: Number((loadavg()[0] ?? 0).toFixed(1)) }
  samples.push(sample)
  const [gap, accepted] = [Math.max(...Object.values(sample.gaps)), sample.accepted]
  console.log(`${sample.scenario} ${sample.run}: accepted ${accepted.toFixed(0)}, longest silence ${gap.toFixed(0)}`)
}
await ended
process.exitCode = player.exitCode ?? 1

const names = [...new Set(samples.map(({ scenario }) => scenario))]
const summary = Object.fromEntries(
  names.map((name) => {
    const own = samples.filter(({ scenario }) => scenario === name)
    const silence = own.flatMap(({ gaps }) => Object.values(gaps))
    const notReady = own.flatMap((sample) => sample.notReady ?? [])
    return [
      name,
      {
        runs: own.length,
        accepted: spread(own.map(({ accepted }) => accepted)),
        silence: spread(silence),
        ...(notReady.length === 0 ? {} : { notReady: spread(notReady) }),
      },
    ]
  }),
)
console.log(JSON.stringify(summary, null, 2))
if (samples.length > 0) writeResult('packets', { unit: 'milliseconds', summary, samples })
