import { formatInstant } from '../domain/instant.ts'
import { isAtFitHome } from './deciding-level.ts'
import { type BrokenRule, brokenRule } from './hard-rules.ts'
import type { PlacementNode } from './placement-input.ts'
import { undecidableSpread } from './problems.ts'
import { refusalsInForce } from './refusals.ts'
import { meritOf } from './rivals.ts'
import type { Room } from './room.ts'
import { isSound } from './roster.ts'
import type { Solution } from './solution.ts'
import { nowhere } from './target.ts'

/** The first rule by which the item of the solution is not on the node. `index`: of its target, or `nowhere`. */
export function rejectionOf(
  { roster, room }: Solution,
  position: number,
  node: PlacementNode,
  index: number,
  now: number,
): BrokenRule {
  const item = roster.items[position]
  if (item === undefined || !isSound(item)) {
    const message =
      'Its slots or the limits of its spread are no whole numbers from 1, or its spread lacks a group or a limit.'
    return { code: 'InvalidItem', message }
  }
  const broken = brokenRule(item.eligibility, node)
  if (broken !== undefined) return broken
  if (item.spread !== undefined && roster.undecidable.has(item.spread.group)) {
    return { code: 'SpreadUndecidable', message: undecidableSpread(item.spread.group) }
  }
  const refusals = refusalsInForce(item, now).flatMap((one) => (one.node === node.name ? [one.until] : []))
  if (refusals.length > 0) {
    const until = Math.max(-lastInstant, Math.min(Math.max(...refusals), lastInstant))
    const message = `The provider refused ${node.name}; it is asked again at ${formatInstant(until)}.`
    return { code: 'RefusedByProvider', message }
  }
  return (
    rejectionByRoom(room, position, index) ??
    refusalOfOthers(room, position, index) ??
    rejectionByRank(room, position, index)
  )
}

/** Where members of a group must stay alike, a node that is refused to one may be closed to all. */
function refusalOfOthers(room: Room, position: number, index: number): BrokenRule | undefined {
  if (room.classOf(position)?.reserved?.has(index) !== true) return undefined
  const name = room.targets[index]?.node.name
  const group = room.limitsOf(position)?.name
  return { code: 'RefusedByProvider', message: `The provider refused ${name} to another of the spread group ${group}.` }
}

/** The last that ECMAScript's dates can tell; the first is as far before 1970. */
const lastInstant = 8.64e15

function rejectionByRoom(room: Room, position: number, index: number): BrokenRule | undefined {
  const target = room.targets[index]
  const code = room.obstacle(position, index)
  if (target === undefined || code === undefined) return undefined
  const name = target.node.name
  const limits = room.limitsOf(position)
  switch (code) {
    case 'RefusedByProvider':
      return { code, message: `The provider refused ${name}.` }
    case 'NoFreeSlot': {
      if (target.slots === 0) return { code, message: `${name} has no slot.` }
      const needed = room.slotsOf(position)
      const free = room.free(index)
      if (free <= 0) return { code, message: `${name} is full: it has ${target.slots} slots, and all are taken.` }
      return { code, message: `${name} has ${free} of ${target.slots} slots free; it takes ${needed}.` }
    }
    case 'SpreadPerNode':
      return { code, message: `${name} has ${limits?.perNode} of the spread group ${limits?.name}, the most it may.` }
    case 'SpreadPerZone': {
      const message = `${target.zone}, where ${name} is, has ${limits?.perZone} of the spread group ${limits?.name}, the most it may.`
      return { code, message }
    }
  }
}

/** Why a target that the item could have had is not the one chosen. */
function rejectionByRank(room: Room, position: number, index: number): BrokenRule {
  const target = room.targets[index]
  const chosenIndex = room.targetOf[position] ?? nowhere
  const chosen = room.targets[chosenIndex]
  if (target === undefined) throw new RangeError('the node must be a target of the solution')
  const name = target.node.name
  if (target.node.verdict === 'dead') return { code: 'Dead', message: `${name} is dead.` }
  if (target.node.verdict === 'leaving') return { code: 'Leaving', message: `${name} is about to leave.` }
  if (target.node.verdict === 'unfit') return { code: 'Unfit', message: `${name} is alive, but not fit to serve.` }
  if (chosen === undefined) {
    return { code: 'NoFreeSlot', message: `${name} has room that would be gone if others made use of it.` }
  }
  const other = chosen.node.name
  const here = meritOf(room, position, index, 1)
  const there = meritOf(room, position, chosenIndex, 0)
  if (here.health > there.health) {
    return target.node.unstable && !chosen.node.unstable && here.health === there.health + 1
      ? { code: 'Unstable', message: `${name} failed lately, ${other} did not.` }
      : { code: 'WorseHealth', message: `${name} is in worse health than ${other}.` }
  }
  if (isAtFitHome(room, position)) return { code: 'HomeIsFit', message: `It is at ${other} already, which is fit.` }
  if (here.aversion > there.aversion) {
    return { code: 'LessPreferred', message: `${other} is preferred to ${name}, by ${here.aversion - there.aversion}.` }
  }
  if (chosenIndex === room.roster.homeOf[position]) {
    return { code: 'HomeIsFit', message: `It is at ${other} already, and ${name} is no better.` }
  }
  if (here.load > there.load) {
    const [load, chosenLoad] = [room.loads[index] ?? 0, (room.loads[chosenIndex] ?? 1) - 1]
    return { code: 'MoreLoaded', message: `Without it, ${name} has ${load} items and ${other} ${chosenLoad}.` }
  }
  return { code: 'TieBreak', message: `${name} would be as good as ${other}; a fixed tie-break decides.` }
}
