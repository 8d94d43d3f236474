import { createSlotBoard, type SlotBoard, type SlotContext, type SlotUser } from './slot-board.ts'

/** In which order slots change hands. By key; who is in none of the maps may go at once. */
export interface SlotPlan {
  /** May not go before others have left its target: who they are. */
  readonly waiting: ReadonlyMap<string, readonly string[]>
  /** To be released from where it is, and for whom. */
  readonly releases: ReadonlyMap<string, string>
  /** Would need the release of another one, which the provider cannot do: whose. */
  readonly barred: ReadonlyMap<string, string>
}

/**
 * Plans how users come to their targets through full servers. Who finds a free slot goes at once. What these leave is
 * followed up in thought: those who get a slot that way wait. Of what is stuck then, in a ring of full servers or behind
 * one that belongs nowhere, the least urgent is released, until nothing is stuck that a release could free.
 *
 * Users are given in the order of their urgency. Whoever waits for somebody who will not leave is not held back: the
 * provider's refusal makes placement look elsewhere.
 */
export function planSlots(users: readonly SlotUser[], context: SlotContext): SlotPlan {
  const board = createSlotBoard(users, context)
  const movers = users.filter(({ target, stays, leaves }) => target !== undefined && !stays && !leaves)
  // Who is being released goes on afterwards, behind those for whom it was.
  const leavers = users.filter(({ leaves }) => leaves)
  const blocked = [...movers, ...leavers.filter(({ target }) => target !== undefined)].filter(
    (user) => !board.take(user),
  )
  const held = new Set(blocked)
  const waiting = new Map(blocked.map((user) => [user.key, board.othersAt(user).map(({ key }) => key)]))
  const releases = new Map<string, string>()
  const barred = new Map<string, string>()
  for (const user of movers) if (!held.has(user)) board.leave(user)
  for (const user of leavers) board.leave(user)
  let stuck = followUp(blocked, board)
  for (let [first] = stuck; first !== undefined; [first] = stuck) {
    const gives = first.displaces ? whoGives(first, new Set(stuck), board) : undefined
    if (gives === undefined || !context.canRelease) {
      waiting.delete(first.key)
      if (gives !== undefined) barred.set(first.key, gives.key)
      stuck = stuck.slice(1)
      continue
    }
    releases.set(gives.key, first.key)
    board.leave(gives)
    stuck = followUp(stuck, board)
  }
  return { waiting, releases, barred }
}

/**
 * Who is to make room for a stuck user: among those that stand before it, one behind the other, the least urgent that
 * belongs nowhere and has a lower priority. Without one, they wait in a ring: the least urgent of its own predecessors in
 * it gives way, for a moment.
 */
function whoGives(user: SlotUser, stuck: ReadonlySet<SlotUser>, board: SlotBoard): SlotUser | undefined {
  const before = new Map<SlotUser, readonly SlotUser[]>()
  const queue = [user]
  for (const each of queue) {
    if (before.has(each)) continue
    const others = board.othersAt(each).filter((other) => board.helps(other, each))
    before.set(each, others)
    for (const other of others) if (stuck.has(other)) queue.push(other)
  }
  const displaced = [...before.values()]
    .flat()
    .filter(({ target, priority }) => target === undefined && priority < user.priority)
  if (displaced.length > 0) return leastUrgent(displaced)
  const leadsBack = (start: SlotUser): boolean => {
    const seen = new Set([start])
    for (const each of seen) {
      if (each === user) return true
      for (const next of before.get(each) ?? []) seen.add(next)
    }
    return false
  }
  return leastUrgent((before.get(user) ?? []).filter((other) => stuck.has(other) && leadsBack(other)))
}

function leastUrgent(users: readonly SlotUser[]): SlotUser | undefined {
  return users.reduce<SlotUser | undefined>(
    (least, other) => (least === undefined || other.priority <= least.priority ? other : least),
    undefined,
  )
}

/** Lets those go, in thought, who find a free slot now, and those who find one by that. Gives who is left. */
function followUp(blocked: readonly SlotUser[], board: SlotBoard): readonly SlotUser[] {
  const byTarget = Map.groupBy(blocked, ({ target }) => target)
  const gone = new Set<SlotUser>()
  const targets = [...byTarget.keys()]
  for (const target of targets) {
    for (const user of byTarget.get(target) ?? []) {
      if (gone.has(user) || !board.take(user)) continue
      gone.add(user)
      for (const server of board.leave(user)) targets.push(server)
    }
  }
  return blocked.filter((user) => !gone.has(user))
}
