/** A FailoverIP as far as slots are concerned. Servers and kinds of slots are named by any text. */
export interface SlotUser {
  readonly key: string
  readonly priority: number
  readonly units: readonly SlotUnit[]
  /** Where it belongs; `undefined`: nowhere, so that it keeps its slot only as long as nobody needs it. */
  readonly target: string | undefined
  /** It is not touched (paused, or retained). */
  readonly stays: boolean
  /** It is being taken from its servers. */
  readonly leaves: boolean
  /** Others may be released for it. */
  readonly displaces: boolean
}

export interface SlotUnit {
  /** Of which kind of slots it takes one: an address family, where these are counted by themselves. */
  readonly kind: string
  /** The servers at which it takes a slot: where it is, and where an open operation takes it. */
  readonly at: readonly string[]
}

export interface SlotContext {
  /** Slots of a kind that nobody but the users takes. May be negative. */
  readonly slots: (server: string, kind: string) => number
  readonly canRelease: boolean
}

/** Who has which slots, in thought. */
export interface SlotBoard {
  /** Takes the slots that a user lacks at its target, if all of them are free. */
  take(user: SlotUser): boolean
  /** Gives back what a user has elsewhere. Returns the servers. */
  leave(user: SlotUser): readonly string[]
  /** Who still has a slot at the user's target, does not belong there, and may be touched. */
  othersAt(user: SlotUser): readonly SlotUser[]
  /** Whether the other one's leaving frees a slot of a kind that the user finds too few of. */
  helps(other: SlotUser, user: SlotUser): boolean
}

export function createSlotBoard(users: readonly SlotUser[], { slots }: Pick<SlotContext, 'slots'>): SlotBoard {
  const used = new Map<string, number>()
  const residents = new Map<string, SlotUser[]>()
  const left = new Set<SlotUser>()
  const slotID = (server: string, kind: string): string => `${server}\n${kind}`
  const count = (server: string, kind: string, by: number): void => {
    const id = slotID(server, kind)
    used.set(id, (used.get(id) ?? 0) + by)
  }
  const missing = ({ units, target }: SlotUser): readonly SlotUnit[] =>
    units.filter(({ at }) => target !== undefined && !at.includes(target))

  for (const user of users) {
    for (const { kind, at } of user.units) for (const server of at) count(server, kind, 1)
    for (const server of new Set(user.units.flatMap(({ at }) => at))) {
      const there = residents.get(server)
      if (there === undefined) residents.set(server, [user])
      else there.push(user)
    }
  }

  /** The kinds of which a user finds too few. */
  const shortOf = (user: SlotUser, target: string): readonly string[] =>
    [...Map.groupBy(missing(user), ({ kind }) => kind)].flatMap(([kind, units]) =>
      slots(target, kind) - (used.get(slotID(target, kind)) ?? 0) >= units.length ? [] : [kind],
    )
  return {
    take: (user) => {
      const { target } = user
      if (target === undefined || shortOf(user, target).length > 0) return false
      for (const { kind } of missing(user)) count(target, kind, 1)
      return true
    },
    helps: (other, user) => {
      const { target } = user
      const short = target === undefined ? [] : shortOf(user, target)
      return other.units.some(({ kind, at }) => target !== undefined && at.includes(target) && short.includes(kind))
    },
    leave: (user) => {
      if (left.has(user)) return []
      left.add(user)
      return user.units.flatMap(({ kind, at }) => {
        const elsewhere = at.filter((server) => server !== user.target)
        for (const server of elsewhere) count(server, kind, -1)
        return elsewhere
      })
    },
    othersAt: ({ key, target }) =>
      (residents.get(target ?? '') ?? []).filter(
        (other) => other.key !== key && other.target !== target && !other.stays && !left.has(other),
      ),
  }
}
