/**
 * `npm run bench -- probes [SECONDS]`: what it costs a leader to probe 10, 100 and 1000 nodes, and what it costs a node
 * to be probed and to stand witness. Every node is an agent with a port of its own, all of them in one other process, on
 * the loopback interface. Silences are of a machine that is too busy: nobody dies here. On one that does
 * other work too, `chrt -r 1 npm run bench -- probes` (as root) goes before it.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import type { ProbeEvidence, ProbeTarget } from '@failover-ip/core'
import { createKeyRing, startProbeAgent, systemClock, udpProber, type ProbeAgent } from '@failover-ip/runtime'
import { z } from 'zod'
import { quantile } from './quantile.ts'
import { writeResult } from './write-result.ts'

interface Scene {
  readonly nodes: number
  /** Probed every 200 ms; the others every 2 s. */
  readonly holders: number
  /** Of each holder, every 2 s. */
  readonly witnessesAsked: number
}

const scenes: readonly Scene[] = [
  { nodes: 10, holders: 10, witnessesAsked: 0 },
  { nodes: 100, holders: 100, witnessesAsked: 0 },
  { nodes: 1000, holders: 1000, witnessesAsked: 0 },
  { nodes: 1000, holders: 10, witnessesAsked: 0 },
  { nodes: 10, holders: 10, witnessesAsked: 3 },
  { nodes: 100, holders: 100, witnessesAsked: 3 },
]
const clock = systemClock()
const keyRing = createKeyRing({ current: new Uint8Array(32).fill(1) })
const shared = { keyRing: () => keyRing, clock, handshakePort: 'none' } as const
const reportOfAgents = z.object({
  ports: z.array(z.number()),
  processorMicroseconds: z.number(),
  received: z.number(),
})
type ReportOfAgents = z.infer<typeof reportOfAgents>

if (process.send === undefined) await measureAll(Number(process.argv[2] ?? 10))
else await serveAgents(Number(process.argv[2]))

async function measureAll(seconds: number): Promise<void> {
  const rows: object[] = []
  for (const scene of scenes) {
    rows.push(await measure(scene, seconds))
    console.table([rows.at(-1)])
  }
  writeResult('probes', { seconds, rows })
}

async function measure({ nodes, holders, witnessesAsked }: Scene, seconds: number): Promise<object> {
  const child = fork(new URL(import.meta.url), [String(nodes)])
  const { ports } = await askAgents(child)
  await using prober = udpProber(shared)
  const targets = ports.map((port, index): ProbeTarget => {
    return { node: `node-${index}`, address: `127.0.0.1:${port}`, interval: index < holders ? 200 : 2000 }
  })
  const answerTimes: number[] = []
  const kinds: Record<string, number> = {}
  prober.watch(targets)
  await clock.sleep(3000)
  prober.listen(({ kind, at, sentAt }: ProbeEvidence) => {
    kinds[kind] = (kinds[kind] ?? 0) + 1
    if (kind === 'reply') answerTimes.push(at - sentAt)
  })
  const before = await askAgents(child)
  const counts = prober.counts()
  const processor = process.cpuUsage()
  const began = clock.monotonic()
  const testimonies = await askWitnesses(seconds, prober, targets.slice(0, holders), witnessesAsked)
  const lasted = (clock.monotonic() - began) / 1000
  const { user, system } = process.cpuUsage(processor)
  const after = await askAgents(child)
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
  const rounded = (value: number | undefined): number => Number((value ?? Number.NaN).toFixed(2))
  const sent = prober.counts().sent - counts.sent
  const perSecond = (count: number): number => Math.round(count / lasted)
  return {
    nodes,
    holders,
    witnessesAsked,
    sentPerSecond: perSecond(sent),
    receivedPerSecond: perSecond(prober.counts().received - counts.received),
    leaderProcessorPercent: rounded((user + system) / lasted / 10_000),
    leaderMicrosecondsPerProbe: Math.round((user + system) / sent),
    agentsProcessorPercent: rounded((after.processorMicroseconds - before.processorMicroseconds) / lasted / 10_000),
    agentsReceivedPerSecond: perSecond(after.received - before.received),
    answerMillisecondsP50: rounded(quantile(answerTimes, 0.5)),
    answerMillisecondsP99: rounded(quantile(answerTimes, 0.99)),
    silences: kinds['silence'] ?? 0,
    testimoniesPerSecond: perSecond(testimonies),
    // Of the whole machine: where others want more than its cores, answers are late.
    loadAverage: rounded(loadavg()[0]),
  }
}

/** Asks as a leader does, spread over two seconds. Returns how many answered. */
async function askWitnesses(
  seconds: number,
  prober: ReturnType<typeof udpProber>,
  holders: readonly ProbeTarget[],
  count: number,
): Promise<number> {
  const signal = AbortSignal.timeout(seconds * 1000)
  const witnesses = holders.slice(0, count + 1).map(({ node }) => node)
  let testimonies = 0
  const ask = async (holder: ProbeTarget, index: number): Promise<void> => {
    await clock.sleep((index * 2000) / holders.length, { signal })
    for (;;) {
      const others = witnesses.filter((name) => name !== holder.node).slice(0, count)
      testimonies += (await prober.askWitnesses(holder, others, { signal })).length
      await clock.sleep(2000, { signal })
    }
  }
  if (count === 0) await clock.sleep(seconds * 1000)
  else await Promise.allSettled(holders.map(ask))
  return testimonies
}

/** How the agents are: the process answers each message with a report. */
async function askAgents(child: ChildProcess): Promise<ReportOfAgents> {
  const report = new Promise((resolve) => child.once('message', resolve))
  child.send('report')
  return reportOfAgents.parse(await report)
}

async function serveAgents(count: number): Promise<void> {
  const life = new AbortController()
  const start = (_: unknown, index: number): Promise<ProbeAgent> =>
    startProbeAgent({
      ...shared,
      node: `node-${index}`,
      bootID: '6a1b2c3d-0000-4000-8000-000000000000',
      hosts: ['127.0.0.1'],
      port: 0,
      signal: life.signal,
    })
  const agents = await Promise.all(Array.from({ length: count }, start))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({
      ports: agents.map(({ addresses }) => addresses[0]?.port),
      processorMicroseconds: user + system,
      received: agents.reduce((sum, agent) => sum + agent.counts().received, 0),
    })
  })
  process.on('disconnect', () => life.abort())
}
