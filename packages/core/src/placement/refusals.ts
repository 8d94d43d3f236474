import type { PlacementItem } from './placement-input.ts'

const none: readonly never[] = []

export function refusalsInForce(item: PlacementItem, now: number): readonly { node: string; until: number }[] {
  if (item.refusals === undefined || item.refusals.length === 0) return none
  return item.refusals.filter(({ until }) => until > now)
}
