/**
 * `npm run bench -- placement [LARGEST]`: placement at growing sizes, beside simpler methods, each with what it makes of
 * the same input: a faster worse answer is no win. Times are the least of several runs, in milliseconds; `cpu` is the
 * processor time of that run, which other programs on the machine do not lengthen. Nothing is asserted.
 */
import { place, prepare, type PreparedPlacement } from '@failover-ip/core'
import type { PlacementInput } from '@failover-ip/core'
import { boundedLoads } from './placement/bounded-loads.ts'
import { highsPlacement } from './placement/highs-placement.ts'
import { judge, type Judgement } from './placement/judge.ts'
import { memoryOfPrepared } from './placement/memory.ts'
import { readOnce } from './placement/read-once.ts'
import { rendezvous } from './placement/rendezvous.ts'
import { createScene, losing, settled, type Scene, wishes, withWishes, zoneOf } from './placement/scene.ts'
import { writeResult } from './write-result.ts'

interface Row extends Partial<Judgement> {
  readonly size: string
  readonly event: string
  readonly method: string
  readonly ms: number
  readonly cpu: number
  readonly proven?: boolean
  readonly exchanges?: number
  /** Milliseconds of the longest of several updates. */
  readonly longest?: number
}

const sizes: readonly Pick<Scene, 'items' | 'nodes' | 'classes'>[] = [
  { items: 100, nodes: 5, classes: 30 },
  { items: 1000, nodes: 50, classes: 30 },
  { items: 10_000, nodes: 500, classes: 30 },
  { items: 10_000, nodes: 500, classes: 500 },
  { items: 100_000, nodes: 5000, classes: 30 },
  { items: 100_000, nodes: 5000, classes: 500 },
]
const largest = Number(process.argv[2] ?? 100_000)
const rows: Row[] = []

for (const size of sizes.filter(({ items }) => items <= largest)) await measureSize(size)
const memory = largest >= 100_000 ? memoryOfPrepared() : undefined
writeResult('placement', { memoryMiB: memory, unit: 'milliseconds', rows })

async function measureSize(size: (typeof sizes)[number]): Promise<void> {
  const name = `${size.items} x ${size.nodes}, ${size.classes} rules`
  const cold = createScene({ ...size, room: 'ample' })
  const warm = settled(cold)
  measurePlace(name, 'cold', cold)
  measurePlace(name, 'nothing changed', warm)
  const read = least(() => nodesRead(warm))
  add({ size: name, event: 'nothing changed', method: 'place, every node read', ms: read.ms, cpu: read.cpu })
  measurePlace(
    name,
    'one node lost',
    losing(warm, ({ name: node }) => node === warm.nodes[1]?.name),
  )
  measurePlace(
    name,
    'zone lost',
    losing(warm, (node) => zoneOf(node) === 'zone-1'),
  )
  measurePlace(name, 'cold, tight', createScene({ ...size, room: 'tight' }))
  measurePlace(name, 'cold, scarce', createScene({ ...size, room: 'scarce' }))
  measurePrepared(name, warm)
  measureRivals(name, cold, warm)
  if (size.items === 10_000 && size.classes === 30) for (const wish of wishes) measureWish(name, wish, cold)
  if (size.items <= 1000) await measureHighs(name, cold)
}

function measurePlace(size: string, event: string, input: PlacementInput): void {
  const { value, ...times } = least(() => place(input))
  const { proven, exchanges } = value.certificate
  const nodes = new Map([...value.assignments].map(([item, { node }]) => [item, node]))
  add({ size, event, method: 'place', ...times, ...judge(input, nodes), proven, exchanges })
}

/** An answer is worked out when it is asked for: this asks for all of them. */
function nodesRead(input: PlacementInput): number {
  let placed = 0
  for (const { node } of place(input).assignments.values()) if (node !== null) placed += 1
  return placed
}

/** Changes to what is prepared; each is measured on a preparation of its own. */
function measurePrepared(size: string, warm: PlacementInput): void {
  const fresh = (): PreparedPlacement => {
    const placement = prepare()
    certified(placement, warm)
    return placement
  }
  const gone = warm.nodes[1]?.name
  const lost = losing(warm, ({ name }) => name === gone)
  const displaced = warm.items.filter(({ home }) => home === gone)
  const loss = leastOf(fresh, (placement) => {
    const { assignments, certificate } = placement.update(lost)
    return { newNodes: displaced.map(({ name }) => assignments.get(name)?.node ?? gone), certificate }
  })
  const relocated = loss.value.newNodes.filter((node) => node !== gone).length
  const { proven: isProven } = loss.value.certificate
  add({
    size,
    event: 'one node lost',
    method: 'prepared, until relocated',
    ...loss.times,
    moves: relocated,
    proven: isProven,
  })
  const proof = leastOf(fresh, (placement) => certified(placement, lost))
  add({ size, event: 'one node lost', method: 'prepared, with certificate', ...proof.times, ...proof.value })
  const inNewLists = { ...warm, items: [...warm.items], nodes: [...warm.nodes] }
  const calm = leastOf(fresh, (placement) => placement.update(inNewLists).certificate)
  add({ size, event: 'nothing changed', method: 'prepared', ...calm.times, ...calm.value })
  const again = toldAgain(warm)
  const told = leastOf(fresh, (placement) => placement.update(again).certificate)
  add({ size, event: 'nothing changed', method: 'prepared, told in new objects', ...told.times, ...told.value })
  const [one] = warm.items
  const [, , , other] = warm.items
  if (one === undefined || other === undefined) return
  const changed = { ...warm, items: [{ ...one, eligibility: other.eligibility }, ...warm.items.slice(1)] }
  const specChange = leastOf(fresh, (placement) => placement.update(changed).certificate)
  add({ size, event: 'one spec change', method: 'prepared', ...specChange.times, ...specChange.value })
}

/** What takes long to prove: when there is an answer that can be acted on, the longest update after it, and the proof. */
function measureWish(size: string, wish: (typeof wishes)[number], plain: PlacementInput): void {
  const input = withWishes(plain, wish)
  const first = leastOf(prepare, (placement) => placement.update(input))
  const nodes = new Map([...first.value.assignments].map(([item, { node }]) => [item, node]))
  add({ size, event: `cold, ${wish}`, method: 'prepared, first answer', ...first.times, ...judge(input, nodes) })
  const proof = leastOf(prepare, (placement) => certified(placement, input))
  add({ size, event: `cold, ${wish}`, method: 'prepared, with certificate', ...proof.times, ...proof.value })
}

/** Until the search has ended; how it did, and what the longest update took. */
function certified(
  placement: PreparedPlacement,
  input: PlacementInput,
): { readonly proven: boolean; readonly exchanges: number; readonly longest: number } {
  let { now } = input
  for (let longest = 0; ;) {
    const started = performance.now()
    const { certificate, lookAgainAt } = placement.update({ ...input, now })
    const { proven, exchanges, reason } = certificate
    longest = Math.max(longest, Math.round(performance.now() - started))
    if (reason !== 'Pending') return { proven, exchanges, longest }
    now = lookAgainAt ?? now
  }
}

function toldAgain({ items, nodes, now }: PlacementInput): PlacementInput {
  const rules = new Map(items.map(({ eligibility }) => [eligibility, { ...eligibility }]))
  return {
    items: items.map((item) => ({ ...item, eligibility: rules.get(item.eligibility) ?? item.eligibility })),
    nodes: nodes.map((node) => ({ ...node, accounts: new Map(node.accounts) })),
    now,
  }
}

function measureRivals(size: string, cold: PlacementInput, warm: PlacementInput): void {
  const lost = losing(warm, ({ name }) => name === warm.nodes[1]?.name)
  for (const [event, input] of [
    ['cold', cold],
    ['one node lost', lost],
  ] as const) {
    const byHash = least(() => rendezvous(input))
    add({ size, event, method: 'rendezvous hashing', ms: byHash.ms, cpu: byHash.cpu, ...judge(input, byHash.value) })
    const byRing = least(() => boundedLoads(input))
    add({ size, event, method: 'bounded-load hashing', ms: byRing.ms, cpu: byRing.cpu, ...judge(input, byRing.value) })
  }
  const floor = least(() => readOnce(warm))
  add({ size, event: 'nothing changed', method: 'reading the input once', ms: floor.ms, cpu: floor.cpu })
}

async function measureHighs(size: string, input: PlacementInput): Promise<void> {
  const solve = await highsPlacement()
  const { value, ...times } = least(() => solve(input))
  add({ size, event: 'cold', method: 'HiGHS', ...times, ...judge(input, value) })
}

interface Timed<T> {
  readonly value: T
  readonly ms: number
  readonly cpu: number
}

function least<T>(run: () => T): Timed<T> {
  const { value, times } = leastOf(() => undefined, run)
  return { value, ...times }
}

/** The best of at least three runs, and of more while they are short. */
function leastOf<S, T>(
  prepareRun: () => S,
  run: (state: S) => T,
): { readonly value: T; readonly times: Omit<Timed<T>, 'value'> } {
  let best: { readonly value: T; readonly times: Omit<Timed<T>, 'value'> } | undefined
  const until = performance.now() + 1500
  for (let runs = 0; runs < 3 || (runs < 30 && performance.now() < until); runs += 1) {
    const state = prepareRun()
    const processor = process.cpuUsage()
    const started = performance.now()
    const value = run(state)
    const ms = performance.now() - started
    const { user, system } = process.cpuUsage(processor)
    if (best === undefined || ms < best.times.ms) best = { value, times: { ms, cpu: (user + system) / 1000 } }
  }
  if (best === undefined) throw new Error('nothing was run')
  return best
}

function add(row: Row): void {
  const round = (value: number): number => Math.round(value * 100) / 100
  const rounded = { ...row, ms: round(row.ms), cpu: round(row.cpu) }
  rows.push(rounded)
  const { size, event, method, ms, cpu, ...rest } = rounded
  console.log(
    `${size.padEnd(28)} ${event.padEnd(16)} ${method.padEnd(26)} ${ms} ms (cpu ${cpu}) ${JSON.stringify(rest)}`,
  )
}
