/**
 * `measure-calm.ts idle|load MINUTES`: looks on while nothing happens, idle or with every core busy, and prints a line of
 * JSON every ten seconds with what was seen until then, and a last one at the end. Needs what the end-to-end suites need.
 */
import { buildPrograms, prepareMachine } from '../harness/programs.ts'
import { prepareCluster } from './programs.ts'
import { saturate } from './saturate.ts'
import { setStage } from './stage.ts'
import { watchCalm, type CalmReport } from './watch-calm.ts'

const [kind, minutes] = [process.argv[2], Number(process.argv[3])]
if ((kind !== 'idle' && kind !== 'load') || !(minutes > 0)) throw new Error('measure-calm.ts idle|load MINUTES')
await prepareMachine()
process.env['PATH'] = `${await buildPrograms()}:${process.env['PATH'] ?? ''}`
const { cluster, programs, ...prepared } = await prepareCluster()
try {
  await using stage = await setStage(cluster, { name: 'measure-calm', programs })
  await stage.place('n2')
  await stage.place('n3')
  await using _load = kind === 'load' ? await saturate() : undefined
  const print = (report: CalmReport): void => console.log(JSON.stringify({ at: new Date().toISOString(), ...report }))
  print(await watchCalm(stage, { seconds: minutes * 60, onReport: print }))
} finally {
  await prepared.leave()
}
