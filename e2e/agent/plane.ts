/**
 * The address plane as a process of its own, without Kubernetes: each line of its standard input is what it is to want,
 * as JSON, and each report goes to its standard output, with the number of the line that it is about. `CRASH_AFTER=n` ends it by SIGKILL in place of its change n + 1.
 */
import { createInterface } from 'node:readline'
import {
  type ChangeFailure,
  createAddressPlane,
  createAnchorBook,
  createAskMetadata,
  createIpNetwork,
  type Network,
  type Wanted,
} from '@failover-ip/agent'
import { systemClock } from '@failover-ip/runtime'
import { z } from 'zod'

const clock = systemClock()
const onError = (error: unknown): void => console.error(String(error))
const network = createIpNetwork()
let left = Number(process.env['CRASH_AFTER'] ?? Number.POSITIVE_INFINITY)
const turns: unknown[] = []
const crashing: Network = {
  ...network,
  apply: async (changes, options) => {
    const failures: ChangeFailure[] = []
    for (const change of changes) {
      if (left-- <= 0) process.kill(process.pid, 'SIGKILL')
      failures.push(...(await network.apply([change], options)))
    }
    return failures
  },
}
const plane = createAddressPlane({
  network: Number.isFinite(left) ? crashing : network,
  anchors: createAnchorBook({ clock, askMetadata: createAskMetadata(), onError }),
  clock,
  onReport: ({ wanted, ...report }) => console.log(JSON.stringify({ ...report, turn: turns.indexOf(wanted) + 1 })),
  onError,
})
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const wanted = z.custom<Wanted>().parse(JSON.parse(line))
    turns.push(wanted)
    plane.want(wanted)
  })
  .on('close', () => process.exit(0))
await plane.run({ signal: new AbortController().signal })
