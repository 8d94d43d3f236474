/**
 * `npm run bench -- failover [RUNS]`: on the embedded cluster, with the emulator at 150 ms a call and 1 s of read lag:
 * from the power switch of the node that holds the address until the provider has accepted the move, and until a read
 * has confirmed it. Phases are the operator's own record, counted from the last sign of life.
 */
import { defaultCloud, withDemo } from '@failover-ip/local-cluster/demo'
import { systemClock } from '@failover-ip/runtime'
import { measureFailover, replicaProgram, summarize } from './measure-failovers.ts'
import type { FailoverSample } from './measure-failovers.ts'
import { writeResult } from './write-result.ts'

const runs = Number(process.argv[2] ?? 30)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
const samples: FailoverSample[] = []

await withDemo(
  {
    cloud: defaultCloud,
    nodes: 3,
    replicaProgram,
    write: () => undefined,
    clock: systemClock(),
    random: Math.random,
    signal: stop.signal,
  },
  async (demo) => {
    for (let run = 1; run <= runs; run++) {
      const sample = await measureFailover(demo)
      samples.push(sample)
      console.log(
        `${run}/${runs}: ${sample.from} -> ${sample.to}: accepted ${sample.accepted} ms after the power switch`,
      )
    }
  },
)

const summary = summarize(samples)
console.table({ 'switch -> accepted': summary.accepted, 'switch -> confirmed': summary.confirmed, ...summary.phases })
writeResult('failover', { runs: samples.length, summary, samples })
