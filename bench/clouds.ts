/**
 * `npm run bench -- clouds [RUNS [SECONDS]]`: each cloud's operator on the embedded cluster against the cloud's emulator, at
 * 150 ms a call, 1 s of read lag, and jobs of 2 s where the cloud answers before it has done its work: how soon after the power
 * switch a move is accepted and confirmed, how many requests the cloud gets, and what memory the operator's bundle takes.
 * Then, in virtual time, what an account that fails in every way costs another one.
 */
import { localClouds, withDemo } from '@failover-ip/local-cluster/demo'
import type { LocalCloud } from '@failover-ip/local-cluster/demo'
import { systemClock } from '@failover-ip/runtime'
import { letAnotherAccountFail } from './another-account-fails.ts'
import { measureBundleMemory } from './bundle-memory.ts'
import { measureFailover, replicaProgram, summarize } from './measure-failovers.ts'
import type { FailoverSample } from './measure-failovers.ts'
import { writeResult } from './write-result.ts'

const runs = Number(process.argv[2] ?? 10)
const idleSeconds = Number(process.argv[3] ?? 60)
/** netcup allows ten changes in five minutes, two for a move, and waiting for that is not what is measured. */
const runsPerAccount = 3
const clock = systemClock()
const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))

const moves: object[] = []
for (const [name, cloud] of localClouds) moves.push({ cloud: name, ...(await measureCloud(cloud)) })
const others = await letAnotherAccountFail(Math.min(runs, 5))
console.table(others)
writeResult('clouds', { runs, idleSeconds, moves, others })

async function measureCloud(cloud: LocalCloud): Promise<object> {
  const samples: FailoverSample[] = []
  const requestsPerMove: number[] = []
  let idleRequestsPerHour = 0
  const context = { cloud, nodes: 3, replicaProgram, write: () => undefined, clock, random: Math.random }
  while (samples.length < runs) {
    await withDemo({ ...context, signal: stop.signal }, async (demo) => {
      const { requests } = demo.cluster.cloud
      for (let run = 0; run < runsPerAccount && samples.length < runs; run++) {
        const before = requests.length
        samples.push(await measureFailover(demo))
        requestsPerMove.push(requests.length - before)
      }
      if (samples.length < runs) return
      const before = requests.length
      await clock.sleep(idleSeconds * 1000, { signal: stop.signal })
      idleRequestsPerHour = ((requests.length - before) * 3600) / idleSeconds
    })
  }
  const summary = summarize(samples)
  const perMove = requestsPerMove.toSorted((one, other) => one - other)[Math.floor(runs / 2)]
  console.table({ [`${cloud.title}: switch -> accepted`]: summary.accepted, '-> confirmed': summary.confirmed })
  console.log(`${cloud.title}: ${perMove} requests a move, ${idleRequestsPerHour} an hour while nothing happens`)
  const memory = await measureBundleMemory(cloud, { clock, seconds: idleSeconds, signal: stop.signal })
  console.log(`${cloud.title}: ${memory.rssAnonMB} MB of RssAnon, ${memory.rssMB} MB of RSS`)
  return { summary, requestsPerMove: perMove, idleRequestsPerHour, memory, samples }
}
