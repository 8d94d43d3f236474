import type { PlacementInput } from '@failover-ip/core'
import { createLevelSolver, type IntegerProgram, type Row, type Terms } from '@failover-ip/integer-program'
import { isCandidate } from './scene.ts'

/**
 * The levels that the scenes of this benchmark have, service, moves and load, as programmes for a general exact solver,
 * one after another. All their corners are whole, so they are solved as linear ones, which is faster. (The other levels
 * and all rules are in the oracle of the tests.)
 */
export async function highsPlacement(): Promise<(input: PlacementInput) => ReadonlyMap<string, string | null>> {
  const solve = await createLevelSolver()
  return (input) => {
    const { program, levels, pairs } = model(input)
    const { values } = solve(program, levels)
    const chosen = new Map<string, string | null>(input.items.map(({ name }) => [name, null]))
    for (const [variable, { item, node }] of pairs.entries()) {
      if ((values[variable] ?? 0) > 0.5) chosen.set(input.items[item]?.name ?? '', input.nodes[node]?.name ?? null)
    }
    return chosen
  }
}

interface Pair {
  readonly item: number
  readonly node: number
}

interface Model {
  readonly program: IntegerProgram
  readonly levels: readonly Terms[]
  /** What each of the first variables stands for; the others are units of load. */
  readonly pairs: readonly Pair[]
}

function model({ items, nodes }: PlacementInput): Model {
  const pairs = items.flatMap((one, item) =>
    nodes.flatMap((other, node): Pair[] => (isCandidate(one, other) ? [{ item, node }] : [])),
  )
  const isAtHome = ({ item, node }: Pair): boolean => items[item]?.home === nodes[node]?.name
  const most = 2 * Math.ceil(items.length / nodes.length) + 4
  const variables = [...pairs.keys()]
  const byItem = Map.groupBy(variables, (variable) => pairs[variable]?.item ?? -1)
  const byNode = Map.groupBy(variables, (variable) => pairs[variable]?.node ?? -1)
  const once = [...byItem.values()].map((ours): Row => ({ terms: all(ours, 1), atMost: 1 }))
  const loads: Row[] = []
  const squares = new Map<number, number>()
  for (const [node, ours] of byNode) {
    const units = Array.from({ length: most }, (_, unit) => pairs.length + loads.length * most + unit)
    for (const [unit, variable] of units.entries()) squares.set(variable, 2 * unit + 1)
    loads.push({ terms: new Map([...all(ours, 1), ...all(units, -1)]), atLeast: 0, atMost: 0 })
    const slots = nodes[node]?.accounts.get('cloud')?.capacity ?? null
    if (slots !== null) loads.push({ terms: all(ours, 1), atMost: slots })
  }
  const size = pairs.length + loads.length * most
  const atHome = all(
    variables.filter((variable) => isAtHome(pairs[variable] ?? { item: -1, node: -1 })),
    -1,
  )
  return {
    program: { atMost: Array(size).fill(1), whole: false, rows: [...once, ...loads] },
    levels: [all(variables, -1), ...(atHome.size === 0 ? [] : [atHome]), squares],
    pairs,
  }
}

function all(variables: readonly number[], coefficient: number): Terms {
  return new Map(variables.map((variable) => [variable, coefficient]))
}
