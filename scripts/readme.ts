/**
 * `npm run readme`: writes the transcript and the figures of README.md, from a run of the demo now and from
 * `bench/results`. Nothing in between the marks is written by hand.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './repository-files.ts'

const quantiles = z.object({ p50: z.number(), p95: z.number() })
const result = z.object({
  name: z.string(),
  commit: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number(), memoryGiB: z.number(), node: z.string() }),
})
const failover = result.extend({
  runs: z.number(),
  summary: z.object({
    accepted: quantiles,
    confirmed: quantiles,
    phases: z.object({ detected: quantiles, decided: quantiles, accepted: quantiles, confirmed: quantiles }),
  }),
})

const longest = quantiles.extend({ max: z.number() })
const scene = z.object({ runs: z.number(), accepted: longest, silence: longest, notReady: longest.optional() })
const packets = result.extend({ summary: z.record(z.string(), scene) })

const clouds = result.extend({
  runs: z.number(),
  moves: z.array(
    z.object({
      cloud: z.string(),
      summary: z.object({ accepted: quantiles, confirmed: quantiles }),
      requestsPerMove: z.number(),
      idleRequestsPerHour: z.number(),
      memory: z.object({ rssAnonMB: z.number() }),
    }),
  ),
})

/** The scenes of `bench/packets.ts`, for readers. */
const scenes = [
  ['powerOff', 'the node loses its power'],
  ['cut', 'its cable is out'],
  ['isolate', 'no frame comes or goes, though the link looks well'],
  ['leaderAndHolder', 'its power, and with it the leading operator'],
  ['cordon', 'it is cordoned, as planned'],
] as const

const path = join(root, 'README.md')
const text = readFileSync(path, 'utf8')
writeFileSync(path, between(between(text, 'transcript', transcript()), 'figures', figures()))

function between(document: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!pattern.test(document)) throw new Error(`README.md has no marks for ${name}`)
  return document.replace(pattern, (_all, open: string, close: string) => `${open}${content}${close}`)
}

/** The lines of the demo from the first event on; what comes before names this machine's folders. */
function transcript(): string {
  const main = join(root, 'packages', 'local-cluster', 'dist', 'main.js')
  const output = execFileSync(process.execPath, [main, '--script'], { encoding: 'utf8', timeout: 120_000 })
  const lines = output.split('\n').filter((line) => /^ *\d+\.\d s {2}/.test(line))
  return ['```console', '$ npm start', ...lines, '```', ''].join('\n')
}

function resultOf<T>(name: string, schema: z.ZodType<T>): T {
  const folder = join(root, 'bench', 'results')
  if (!readdirSync(folder).includes(`${name}.json`))
    throw new Error(`bench/results/${name}.json is missing: npm run bench -- ${name}`)
  return schema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
}

function figures(): string {
  return `${packetFigures()}\n${embeddedFigures()}\n${cloudFigures()}`
}

/** Of the real cluster: what a client saw. */
function packetFigures(): string {
  const { summary, machine, commit } = resultOf('packets', packets)
  const rows = scenes.flatMap(([key, name]) => {
    const played = summary[key]
    if (played === undefined) return []
    const figuresOf = ({ p50, max }: z.infer<typeof longest>): string => `${seconds(p50, 2)} | ${seconds(max, 2)}`
    return [`| ${name} | ${played.runs} | ${figuresOf(played.accepted)} | ${figuresOf(played.silence)} |`]
  })
  return [
    'Real cluster of three nodes on one machine, with the emulated cloud at 100 ms a call moving the packets: seconds from the power',
    'switch until the cloud has accepted the move, and the longest silence that a client saw which sends a datagram every 2 ms to an IPv4',
    `and an IPv6 address. ${machine.cpu}, ${machine.cores} cores, commit ${commit.slice(0, 10)}; again with \`npm run bench -- packets\`.`,
    '',
    '| what happens to the node | runs | accepted: median | worst | silence: median | worst |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...beside(summary['notReady']),
    '',
  ].join('\n')
}

function seconds(milliseconds: number, digits: number): string {
  return (milliseconds / 1000).toFixed(digits)
}

/** What Kubernetes itself says of a node that lost its power, and when. */
function beside(waited: z.infer<typeof scene> | undefined): readonly string[] {
  if (waited?.notReady === undefined) return []
  const { p50, max } = waited.notReady
  return [
    '',
    `Beside it, Kubernetes calls a node without power NotReady after ${seconds(p50, 1)} s (median; worst ${seconds(max, 1)} s of ${waited.runs}).`,
  ]
}

function embeddedFigures(): string {
  const { runs, summary, machine, commit } = resultOf('failover', failover)
  const row = (name: string, { p50, p95 }: z.infer<typeof quantiles>): string => `| ${name} | ${p50} | ${p95} |`
  return [
    `Embedded cluster, ${runs} nodes powered off one after the other, the cloud's emulator at 150 ms a call and 1 s of read`,
    `lag; milliseconds from the power switch. ${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, commit`,
    `${commit.slice(0, 10)}; raw samples in [bench/results](bench/results); again with \`npm run bench -- failover\`.`,
    '',
    '| | p50 | p95 |',
    '| --- | --- | --- |',
    row('node off -> the cloud has accepted the move', summary.accepted),
    row('node off -> a read has confirmed it', summary.confirmed),
    row('of it: detected', summary.phases.detected),
    row('of it: accepted, the write of the intent included', summary.phases.accepted),
    row('of it: confirmed (1 s is the read lag)', summary.phases.confirmed),
    '',
  ].join('\n')
}

/** Of each cloud's operator on the embedded cluster. */
function cloudFigures(): string {
  const { runs, moves, commit } = resultOf('clouds', clouds)
  const rows = moves.map(({ cloud, summary, requestsPerMove, idleRequestsPerHour, memory }) => {
    const times = `${summary.accepted.p50} | ${summary.accepted.p95} | ${summary.confirmed.p50}`
    return `| ${cloud} | ${times} | ${requestsPerMove} | ${idleRequestsPerHour} | ${memory.rssAnonMB} |`
  })
  return [
    `The same for each cloud, ${runs} nodes each, jobs of 2 s where the cloud answers before its work is done (netcup: one for each`,
    'address, side by side; DigitalOcean: one to unassign, then one to assign). Milliseconds, API requests, and MB of RssAnon of the',
    `operator with all its libraries. Commit ${commit.slice(0, 10)}; again with \`npm run bench -- clouds\`.`,
    '',
    '| cloud | accepted: p50 | p95 | confirmed: p50 | requests for a move | an hour at rest | memory |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
