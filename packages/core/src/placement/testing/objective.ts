import type { PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'

/** Node by item; `null`: none. */
export type Choice = ReadonlyMap<string, string | null>

/*
 * The levels of `place`, told once more from its documentation and sharing no code with it: a placement is rated by a
 * vector, the lower the better. For inputs with unique names, one account, and no tolerations.
 */

export function isAllowed(input: PlacementInput, item: PlacementItem, node: PlacementNode): boolean {
  const { location, nodeSelector, account } = item.eligibility
  const server = node.accounts.get(account)
  if (server === undefined) return false
  if (location !== null && location !== server.location) return false
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false
  if (node.taints.some(({ effect }) => effect !== 'PreferNoSchedule')) return false
  return !item.refusals?.some((refusal) => refusal.node === node.name && refusal.until > input.now)
}

/** Whether the choice breaks no rule. */
export function isValid(input: PlacementInput, choice: Choice): boolean {
  for (const node of input.nodes) {
    const held = input.items.filter((item) => choice.get(item.name) === node.name)
    if (!held.every((item) => isAllowed(input, item, node))) return false
    const capacity = node.accounts.get('main')?.capacity ?? null
    if (capacity !== null && held.length > capacity) return false
  }
  return true
}

/** Rates what happens on the living nodes (`alive`) or, for items that these do not serve, on the dead ones. */
export function rate(input: PlacementInput, choice: Choice, alive: boolean): number[] {
  const nodes = input.nodes.filter((node) => (node.verdict !== 'dead') === alive)
  const nodeOf = (name: string | null | undefined): PlacementNode | undefined => nodes.find((one) => one.name === name)
  const served = (item: PlacementItem): boolean => nodeOf(choice.get(item.name)) !== undefined
  const priorities = [...new Set(input.items.map(({ priority }) => priority))].sort((a, b) => b - a)
  const unserved = priorities.map((p) => input.items.filter((item) => item.priority === p && !served(item)).length)
  let moves = 0
  let penalty = 0
  let away = 0
  for (const item of input.items) {
    const home = nodeOf(item.home)
    const chosen = nodeOf(choice.get(item.name))
    penalty += chosen === undefined ? 0 : 2 * chosen.rank + Number(chosen.unstable)
    if (home === undefined || !isAllowed(input, item, home) || chosen === home) continue
    away += 1
    const fit = item.homeHeld === true || home.verdict === 'healthy' || home.verdict === 'suspect'
    const better = chosen?.verdict === 'healthy' || chosen?.verdict === 'suspect'
    if (fit || !better) moves += 1
  }
  const loads = nodes.map(({ name }) => input.items.filter((item) => choice.get(item.name) === name).length)
  return [...unserved, moves, penalty, away, loads.reduce((sum, load) => sum + load * load, 0)]
}

export function compareVectors(a: readonly number[], b: readonly number[]): number {
  const level = a.findIndex((value, index) => value !== b[index])
  return level === -1 ? 0 : (a[level] ?? 0) - (b[level] ?? 0)
}
