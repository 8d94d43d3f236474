/**
 * `measure.ts [--only NAME[:RUNS],...]`: plays each scenario so often (default 5) on one cluster, in turn, and prints a
 * line of JSON for each run. Needs what the end-to-end suites need.
 */
import { parseArgs } from 'node:util'
import { buildPrograms, prepareMachine } from '../harness/programs.ts'
import { prepareCluster } from './programs.ts'
import { scenarios } from './scenarios.ts'
import { setStage } from './stage.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'powerOff:20,isolate:20,leaderAndHolder:20,cordon:20,cut:5,notReady:4' },
  },
})
const chosen = values.only.split(',').map((choice) => {
  const [name = '', runs = '5'] = choice.split(':')
  const play = scenarios[name]
  if (play === undefined || !(Number(runs) > 0))
    throw new Error(`${choice} is not NAME or NAME:RUNS with a NAME of ${Object.keys(scenarios).join(', ')}.`)
  return { name, play, runs: Number(runs) }
})
await prepareMachine()
process.env['PATH'] = `${await buildPrograms()}:${process.env['PATH'] ?? ''}`
const { cluster, programs, ...prepared } = await prepareCluster()
try {
  await using stage = await setStage(cluster, { name: 'measure', programs })
  for (let run = 1; run <= Math.max(...chosen.map(({ runs }) => runs)); run++) {
    for (const { name, play } of chosen.filter(({ runs }) => run <= runs)) {
      const move = await play(stage, cluster)
      const { lastMove } = await stage.scene.status('web')
      console.log(JSON.stringify({ scenario: name, run, ...move, record: lastMove }))
    }
  }
} finally {
  await prepared.leave()
}
