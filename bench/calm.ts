/**
 * `npm run bench -- calm idle|load MINUTES`: false moves and false verdicts on the real cluster of three nodes
 * (e2e/README.md) while nothing happens, idle or with every core busy, and the longest silences seen; milliseconds. Ends
 * with 1 when anything was moved or called dead. Every line of the raw log is kept in `bench/results/calm-KIND.json`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { writeResult } from './write-result.ts'

const reportShape = z.looseObject({
  seconds: z.number(),
  moves: z.number(),
  changes: z.number(),
  verdicts: z.array(z.unknown()),
  probeSilence: z.number(),
  gaps: z.record(z.string(), z.number()),
})

const [kind = '', minutes = ''] = process.argv.slice(2)
if (!['idle', 'load'].includes(kind) || !(Number(minutes) > 0)) {
  console.error('Usage: npm run bench -- calm idle|load MINUTES')
  process.exit(2)
}
const program = fileURLToPath(new URL('../e2e/failover/measure-calm.ts', import.meta.url))
const argv = ['--conditions=@failover-ip/source', program, kind, minutes]
const player = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
const ended = once(player, 'exit')
const log: z.infer<typeof reportShape>[] = []
for await (const line of createInterface({ input: player.stdout })) {
  if (!line.startsWith('{')) continue // what the cluster says of its start
  const report = reportShape.parse(JSON.parse(line))
  log.push(report)
  const { seconds, moves, changes, verdicts, probeSilence, gaps } = report
  console.log(
    `${seconds.toFixed(0)} s: ${moves} moves, ${changes} changes, ${verdicts.length} verdicts, longest silence ${probeSilence.toFixed(0)} of probes, ${Math.max(...Object.values(gaps)).toFixed(0)} of the client`,
  )
}
await ended
const last = log.at(-1)
if (last !== undefined)
  writeResult(`calm-${kind}`, { unit: 'milliseconds', kind, minutes: Number(minutes), summary: last, log })
const isCalm = last !== undefined && last.moves + last.changes + last.verdicts.length === 0
process.exitCode = isCalm ? (player.exitCode ?? 1) : 1
