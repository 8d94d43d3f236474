import type { IntegerProgram, LevelSolver, Row, Terms } from '@failover-ip/integer-program'
import type { PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'
import {
  costsAt,
  isAlive,
  isAllowed,
  levels,
  loadWeight,
  prioritiesOf,
  rate,
  slotsOf,
  spreadLimits,
  zoneOf,
} from './objective.ts'

/** An item at a node; the variable that says whether it is there has the same index. */
interface Pair {
  readonly item: PlacementItem
  readonly node: PlacementNode
}

/**
 * The best vector that any valid placement reaches (see `rate`) on the living nodes (`alive`) or on the dead ones, from
 * an exact solver: for more items and nodes than `bestOf` can try, and sharing no idea with the algorithm of `place`.
 */
export function exactOptimum(solve: LevelSolver, input: PlacementInput, alive: boolean, whole: boolean): number[] {
  const nodes = input.nodes.filter((node) => isAlive(node) === alive)
  const pairs = input.items.flatMap((item) =>
    nodes.filter((node) => isAllowed(input, item, node)).map((node): Pair => ({ item, node })),
  )
  const nobody = rate(input, new Map(), alive)
  if (pairs.length === 0) return nobody
  const { rows, squares, variables } = loadsOf(input, pairs, alive)
  const program: IntegerProgram = {
    atMost: Array.from({ length: variables }, () => 1),
    whole,
    rows: [...rulesOf(input, pairs), ...rows],
  }
  const objectives = [...serviceOf(input, pairs), ...costsOf(input, pairs), squares]
  const toSolve = objectives.filter((terms) => terms.size > 0)
  const optima = solve(program, toSolve).optima.values()
  return objectives.map(
    (terms, level) => (nobody[level] ?? 0) + Math.round(terms.size === 0 ? 0 : (optima.next().value ?? 0)),
  )
}

/** By priority: who is served is not unserved. */
function serviceOf(input: PlacementInput, pairs: readonly Pair[]): Terms[] {
  return prioritiesOf(input).map((priority) => termsOf(pairs, ({ item }) => (item.priority === priority ? -1 : 0)))
}

/** Each of the levels between service and load, beside what nobody's being placed costs. */
function costsOf(input: PlacementInput, pairs: readonly Pair[]): Terms[] {
  const costs = pairs.map(({ item, node }) => ({ at: costsAt(input, item, node), nowhere: costsAt(input, item, null) }))
  return levels.map((level) =>
    termsOf(pairs, (_, variable) => (costs[variable]?.at[level] ?? 0) - (costs[variable]?.nowhere[level] ?? 0)),
  )
}

function rulesOf(input: PlacementInput, pairs: readonly Pair[]): Row[] {
  const once = input.items.map((item): Row => ({
    terms: termsOf(pairs, (pair) => Number(pair.item === item)),
    atMost: 1,
  }))
  const slots = input.nodes.map((node): Row => ({
    terms: termsOf(pairs, (pair) => (pair.node === node ? (pair.item.slots ?? 1) : 0)),
    atMost: slotsOf(node),
  }))
  const spread = spreadLimits(input).flatMap(({ group, perNode, perZone }): Row[] => {
    const members = pairs.map(({ item }) => item.spread?.group === group)
    const within = (isHere: (node: PlacementNode) => boolean): Terms =>
      termsOf(pairs, ({ node }, variable) => Number(members[variable] === true && isHere(node)))
    const zones = [...new Set(input.nodes.map(zoneOf))]
    return [
      ...input.nodes.map((node): Row => ({ terms: within((one) => one === node), atMost: perNode })),
      ...zones.map((zone): Row => ({ terms: within((one) => zoneOf(one) === zone), atMost: perZone })),
    ]
  })
  return [...once, ...slots, ...spread].filter(({ terms, atMost }) => terms.size > 0 && Number.isFinite(atMost))
}

interface Loads {
  readonly rows: readonly Row[]
  /** The square of a load is the sum of the first odd numbers: each unit of load is a variable of its own. */
  readonly squares: Terms
  readonly variables: number
}

function loadsOf(input: PlacementInput, pairs: readonly Pair[], alive: boolean): Loads {
  const squares = new Map<number, number>()
  let variables = pairs.length
  const rows = [...Map.groupBy(pairs.keys(), (variable) => pairs[variable]?.node)].map(([node, ours]): Row => {
    const weight = node === undefined ? 0 : loadWeight(input, node, alive)
    const terms = new Map(ours.map((variable) => [variable, 1]))
    for (const unit of ours.keys()) {
      terms.set(variables, -1)
      squares.set(variables, weight * (2 * unit + 1))
      variables += 1
    }
    return { terms, atLeast: 0, atMost: 0 }
  })
  return { rows, squares, variables }
}

function termsOf(pairs: readonly Pair[], coefficient: (pair: Pair, variable: number) => number): Terms {
  const terms = new Map<number, number>()
  for (const [variable, pair] of pairs.entries()) {
    const value = coefficient(pair, variable)
    if (value !== 0) terms.set(variable, value)
  }
  return terms
}
