import { createLevelSolver } from '@failover-ip/integer-program'
import { place } from '../place.ts'
import type { PlacementInput, PlacementItem } from '../placement-input.ts'
import { isStray } from './arbitrary-input.ts'
import { bestOf } from './brute-force.ts'
import { exactOptimum } from './exact-optimum.ts'
import { boundAlone, type Choice, hasRefusalsInOpenGroup, isAlive, isValid, levelNames, rate } from './objective.ts'

/** The best vector for the living nodes (`alive`) or the dead ones; `reached`: what some placement reaches. */
export type Oracle = (input: PlacementInput, alive: boolean, reached: readonly number[]) => readonly number[]

export const bruteForce: Oracle = bestOf

/** Split items are tried first: only what is worse than that has to be compared with whole ones. */
export async function exactSolver(): Promise<Oracle> {
  const solve = await createLevelSolver()
  return (input, alive, reached) => {
    const bound = exactOptimum(solve, input, alive, false)
    return String(bound) === String(reached) ? bound : exactOptimum(solve, input, alive, true)
  }
}

/**
 * What is wrong with the result of `place`: it has to be proven, but where refusals in a spread group may prevent that;
 * if it is, it has to be the best; if not, it has to keep the rules and to leave nobody out who could simply be placed.
 */
export function fault(input: PlacementInput, oracle: Oracle): string | undefined {
  const { assignments, certificate } = place(input)
  const choice = new Map([...assignments].map(([name, { node }]) => [name, node]))
  if (certificate.proven) return disagreement(input, choice, oracle)
  if (certificate.reason !== 'SharedRefusals' || !hasRefusalsInOpenGroup(input))
    return `not proven: ${certificate.reason}`
  if (!isValid(sound(input), choice)) return 'breaks a rule'
  const left = sound(input).items.find(
    (item) => choice.get(item.name) === null && canSimplyBePlaced(input, choice, item),
  )
  return left === undefined ? undefined : `${left.name} is left out for no reason`
}

function canSimplyBePlaced(input: PlacementInput, choice: Choice, { name }: PlacementItem): boolean {
  return input.nodes.some((node) => isAlive(node) && isValid(sound(input), new Map([...choice, [name, node.name]])))
}

function sound(input: PlacementInput): PlacementInput {
  return { ...input, items: input.items.filter((item) => !isStray(item)) }
}

/**
 * What is wrong with a placement: a rule that it breaks, or the first level on which the oracle knows a better one, on the
 * living nodes, or, for the items that these do not serve, on the dead ones. `undefined`: nothing.
 */
export function disagreement(input: PlacementInput, choice: Choice, oracle: Oracle): string | undefined {
  const strays = input.items.filter(isStray)
  if (strays.some(({ name }) => choice.get(name) !== null)) return 'places what nobody can place'
  if (!isValid(sound(input), choice)) return 'breaks a rule'
  const rest = left(sound(input), choice)
  return firstLevelWorse(sound(input), choice, true, oracle) ?? firstLevelWorse(rest, choice, false, oracle)
}

function firstLevelWorse(input: PlacementInput, choice: Choice, alive: boolean, oracle: Oracle): string | undefined {
  const reached = rate(input, choice, alive)
  const best = oracle(input, alive, reached)
  const level = reached.findIndex((value, index) => value !== best[index])
  if (level === -1) return undefined
  const where = alive ? 'living' : 'dead'
  return `${levelNames(input)[level]}: ${reached[level]} instead of ${best[level]} on ${where} nodes`
}

/** What the living nodes left over, bound by the same rules as before. */
function left(input: PlacementInput, choice: Choice): PlacementInput {
  const living = new Set(input.nodes.filter(isAlive).map(({ name }) => name))
  const items = input.items.filter(({ name }) => !living.has(choice.get(name) ?? ''))
  return { ...input, items: items.map((item) => boundAlone(input, item)) }
}
