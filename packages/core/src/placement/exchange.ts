import type { Flow } from './flow.ts'
import { highCost, loadCost, lowCost } from './marginal-cost.ts'
import type { ResidualGraph } from './residual-graph.ts'

/** One step of an exchange: how often it can be taken at this cost, and what taking it changes. */
interface Step {
  readonly most: number
  readonly high: number
  /** Load apart. */
  readonly low: number
  readonly take: (times: number) => void
}

/** Carries out an exchange, a cycle of steps, as often as each time betters the placement. */
export function exchange(graph: ResidualGraph, cycle: readonly number[]): void {
  const steps = stepsOf(graph, cycle)
  const most = steps.reduce((least, step) => Math.min(least, step.most), Number.POSITIVE_INFINITY)
  const times = timesByLoad(graph, cycle, steps, most)
  for (const { take } of steps) take(times)
}

/** Whether the exchange is possible, and carrying it out once betters the placement. */
export function isGain(graph: ResidualGraph, cycle: readonly number[]): boolean {
  const steps = stepsOf(graph, cycle)
  if (steps.some(({ most }) => most <= 0)) return false
  const high = sum(steps, ({ high }) => high)
  if (high !== 0) return high < 0
  return sum(steps, ({ low }) => low) + loadChange(graph, cycle, 0) < 0
}

function stepsOf(graph: ResidualGraph, cycle: readonly number[]): readonly Step[] {
  return cycle.map((from, index) => stepOf(graph, from, cycle[(index + 1) % cycle.length] ?? from))
}

function sum(steps: readonly Step[], value: (step: Step) => number): number {
  return steps.reduce((total, step) => total + value(step), 0)
}

/** An exchange that only flattens the load is worth less each time; every other stays worth it. */
function timesByLoad(graph: ResidualGraph, cycle: readonly number[], steps: readonly Step[], most: number): number {
  const low = sum(steps, (step) => step.low)
  if (sum(steps, ({ high }) => high) < 0 || low < 0) return Math.max(1, most)
  let times = 1
  while (times < most && low + loadChange(graph, cycle, times) < 0) times += 1
  return times
}

/** What the load costs more where the cycle takes a slot, less what it saves where one is given up, after so many times. */
function loadChange({ flow, ledger, outside }: ResidualGraph, cycle: readonly number[], times: number): number {
  const at = cycle.indexOf(ledger)
  if (at === -1) return 0
  const gaining = cycle.at(at - 1) ?? outside
  const losing = cycle[(at + 1) % cycle.length] ?? outside
  const added = gaining === outside ? 0 : loadCost(flow, gaining, times)
  const saved = losing === outside ? 0 : loadCost(flow, losing, -1 - times)
  return added - saved
}

function stepOf(graph: ResidualGraph, from: number, to: number): Step {
  const { firstClass, firstBranch, ledger } = graph
  if (from >= firstBranch) return to >= firstClass ? unserve(graph, from) : arrive(graph, from, to)
  if (to >= firstBranch) return from >= firstClass ? serve(graph, to) : depart(graph, from, to)
  if (from >= firstClass) return leaveOut(graph, from)
  if (to >= firstClass) return takeIn(graph, to)
  if (to === ledger) return useSlot(graph, from)
  if (from === ledger) return giveUpSlot(graph, to)
  return from > ledger ? passEntrance(graph, from) : leaveEntrance(graph, to)
}

/** One more of a branch comes to a place. */
function arrive(graph: ResidualGraph, from: number, place: number): Step {
  const { flow } = graph
  const branch = flow.branches[from - graph.firstBranch]
  if (branch === undefined) return nothing
  const target = graph.targetAt(place)
  const nth = branch.counts[target] ?? 0
  const fit = branch.fitHomes[target] ?? 0
  const homes = fit + (branch.looseHomes[target] ?? 0)
  return {
    most: nth < fit ? fit - nth : nth < homes ? homes - nth : Number.POSITIVE_INFINITY,
    high: highCost(flow, branch, target, nth),
    low: lowCost(flow, branch, target, nth),
    take: (times) => add(branch.counts, target, times),
  }
}

/** One of a branch leaves a place. */
function depart(graph: ResidualGraph, place: number, to: number): Step {
  const { flow } = graph
  const branch = flow.branches[to - graph.firstBranch]
  if (branch === undefined) return nothing
  const target = graph.targetAt(place)
  const here = branch.counts[target] ?? 0
  const fit = branch.fitHomes[target] ?? 0
  const homes = fit + (branch.looseHomes[target] ?? 0)
  return {
    most: here > homes ? here - homes : here > fit ? here - fit : here,
    high: -highCost(flow, branch, target, here - 1),
    low: -lowCost(flow, branch, target, here - 1),
    take: (times) => add(branch.counts, target, -times),
  }
}

/** One more of a branch is served. */
function serve({ flow, firstBranch }: ResidualGraph, to: number): Step {
  const branch = flow.branches[to - firstBranch]
  const most = (branch?.limit ?? 0) - (flow.served[to - firstBranch] ?? 0)
  return { most, high: 0, low: 0, take: (times) => count(flow, to - firstBranch, times) }
}

function unserve({ flow, firstBranch }: ResidualGraph, from: number): Step {
  const most = flow.served[from - firstBranch] ?? 0
  return { most, high: 0, low: 0, take: (times) => count(flow, from - firstBranch, -times) }
}

function count(flow: Flow, index: number, times: number): void {
  const branch = flow.branches[index]
  add(flow.served, index, times)
  if (branch !== undefined && flow.groupOf(branch) >= 0) add(flow.groupServed, flow.groupOf(branch), times)
}

/** One of a class is left out. */
function leaveOut({ flow, firstClass }: ResidualGraph, from: number): Step {
  const high = flow.leftOut[from - firstClass] ?? 0
  const take = (times: number): void => add(flow.waiting, from - firstClass, times)
  return { most: Number.POSITIVE_INFINITY, high, low: 0, take }
}

function takeIn({ flow, firstClass }: ResidualGraph, to: number): Step {
  const high = -(flow.leftOut[to - firstClass] ?? 0)
  const take = (times: number): void => add(flow.waiting, to - firstClass, -times)
  return { most: flow.waiting[to - firstClass] ?? 0, high, low: 0, take }
}

function useSlot({ flow, outside }: ResidualGraph, target: number): Step {
  if (target === outside) return nothing
  const most = (flow.capacities[target] ?? 0) - (flow.loads[target] ?? 0)
  return { most, high: 0, low: 0, take: (times) => add(flow.loads, target, times) }
}

function giveUpSlot({ flow, outside }: ResidualGraph, target: number): Step {
  if (target === outside) return nothing
  return { most: flow.loads[target] ?? 0, high: 0, low: 0, take: (times) => add(flow.loads, target, -times) }
}

/** One more of a spread group comes to a target, or to outside, which takes any number. */
function passEntrance(graph: ResidualGraph, place: number): Step {
  const group = graph.groupAt(place)
  const target = graph.targetAt(place)
  const loads = graph.flow.groupLoads[group]
  if (target === graph.outside || loads === undefined) return nothing
  const most = (graph.flow.groups[group]?.perNode ?? 0) - (loads[target] ?? 0)
  return { most, high: 0, low: 0, take: (times) => add(loads, target, times) }
}

function leaveEntrance(graph: ResidualGraph, place: number): Step {
  const { flow } = graph
  const group = graph.groupAt(place)
  const target = graph.targetAt(place)
  if (target === graph.outside) {
    return { ...nothing, most: (flow.groups[group]?.total ?? 0) - (flow.groupServed[group] ?? 0) }
  }
  const loads = flow.groupLoads[group]
  if (loads === undefined) return nothing
  return { most: loads[target] ?? 0, high: 0, low: 0, take: (times) => add(loads, target, -times) }
}

const nothing: Step = { most: Number.POSITIVE_INFINITY, high: 0, low: 0, take: () => undefined }

function add(to: Int32Array, index: number, times: number): void {
  to[index] = (to[index] ?? 0) + times
}
