import { eventResource } from '@failover-ip/kubernetes'
import { udpProber } from '@failover-ip/runtime'
import { expect, test } from 'vitest'

import type { Replica } from '../operator-cluster/replica.ts'
import { createProbedCluster, keyRings } from './probed-cluster.ts'
import type { ProbedCluster, ProbedNode } from './probed-cluster.ts'

const { signal } = new AbortController()
/** Milliseconds: more than the busiest machine takes for what comes in one second, and less than a missed Lease takes. */
const soon = 10_000
/** Milliseconds for which nothing may happen: twice what a death takes. */
const aWhile = 2000

const says = (replica: Replica, line: string): boolean => replica.get('/metrics').body.includes(`${line} 1\n`)
const isProven = (replica: Replica, ...nodes: readonly string[]): boolean =>
  nodes.every((node) => says(replica, `failover_ip_probe_path{node="${node}",state="proven"}`))
const thinks = (replica: Replica, verdict: string, reason: string): boolean =>
  says(replica, `failover_ip_node_verdict{node="node-1",verdict="${verdict}",reason="${reason}"}`)
const notes = async ({ cluster }: ProbedCluster): Promise<readonly string[]> =>
  (await cluster.client.list(eventResource, { signal })).items.map((event) => String(event['note']))
const staysForAWhile = async ({ cluster, untilReal }: ProbedCluster): Promise<void> => {
  const from = cluster.clock.monotonic()
  await untilReal(() => cluster.clock.monotonic() - from > aWhile || cluster.holder() !== 'node-1', soon)
  expect(cluster.holder()).toBe('node-1')
}

test.concurrent('a node that dies is known by its silence, and its address moves [A30]', async () => {
  await using probed = await createProbedCluster('127.9.1')
  const { cluster, node, start, untilReal } = probed
  const replica = start()
  await untilReal(() => isProven(replica, 'node-1', 'node-2', 'node-3'), soon)
  node('node-1').keyRing = keyRings.unknown
  await untilReal(() => cluster.holder() !== 'node-1', soon)
  expect(thinks(replica, 'dead', 'ProbesSilent')).toBe(true)
  expect(says(replica, 'failover_ip_probe_path{node="node-1",state="silent"}')).toBe(true)
  await untilReal(() => replica.log.join('').includes('"reason":"Moved"'), soon)
  await cluster.clock.advance(100)
  expect(await notes(probed)).toContainEqual(
    expect.stringMatching(/^node-1 silent at the leader and at node-[23](, node-3)?; last sign of life \d\.\ds ago$/),
  )
})

test.concurrent('a node that dies together with the leader is known to the next one [A43]', async () => {
  await using probed = await createProbedCluster('127.9.2')
  const { cluster, node, start, untilReal } = probed
  const leaseTiming = { leaseDuration: 1000, renewDeadline: 700, retryPeriod: 200, renewInterval: 250 }
  const first = start({ leaseTiming })
  await untilReal(() => isProven(first, 'node-1', 'node-2', 'node-3'), soon)
  const second = start({ leaseTiming })
  await untilReal(() => isProven(second, 'node-1'), soon)
  expect(second.get('/metrics').body).not.toContain('node="node-2"')
  node('node-1').keyRing = keyRings.unknown
  await first.kill()
  await untilReal(() => cluster.holder() !== 'node-1', soon)
  expect(thinks(second, 'dead', 'ProbesSilent')).toBe(true)
})

test.concurrent('a probe port that is blocked from the start moves nothing [A62]', async () => {
  await using probed = await createProbedCluster('127.9.3')
  const { node, start, untilReal } = probed
  node('node-1').keyRing = keyRings.unknown
  const replica = start()
  await untilReal(() => isProven(replica, 'node-2', 'node-3'), soon)
  await staysForAWhile(probed)
  expect(says(replica, 'failover_ip_probe_path{node="node-1",state="unproven"}')).toBe(true)
  expect(thinks(replica, 'healthy', 'Healthy')).toBe(true)
})

test.concurrent('a node that the leader alone cannot reach keeps its address [A32]', async () => {
  await using probed = await createProbedCluster('127.9.4')
  const { node, port, start, untilReal } = probed
  const leader: { keyRing: ProbedNode['keyRing'] } = { keyRing: keyRings.usual }
  const replica = start(
    {},
    {
      createProber: ({ clock }) => udpProber({ clock, port, keyRing: () => leader.keyRing, handshakePort: 'none' }),
    },
  )
  await untilReal(() => isProven(replica, 'node-1', 'node-2', 'node-3'), soon)
  node('node-1').keyRing = keyRings.strict
  leader.keyRing = keyRings.other
  await untilReal(() => thinks(replica, 'suspect', 'WitnessDisagrees'), soon)
  await staysForAWhile(probed)
})

test.concurrent('a node whose agent has ended keeps its address, for its kernel refuses [A33]', async () => {
  await using probed = await createProbedCluster('127.9.5')
  const { node, start, untilReal } = probed
  const replica = start()
  await untilReal(() => isProven(replica, 'node-1', 'node-2', 'node-3'), soon)
  await node('node-1').agent.close()
  await untilReal(() => thinks(replica, 'suspect', 'ProbesMissed'), soon)
  await staysForAWhile(probed)
  expect(says(replica, 'failover_ip_probe_path{node="node-1",state="silent"}')).toBe(true)
})
