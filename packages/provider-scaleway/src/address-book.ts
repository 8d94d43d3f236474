/** Where a unit is kept at Scaleway: both never change while it exists. */
export interface Entry {
  readonly zone: string
  readonly id: string
}

/**
 * What reads have shown of units that were asked for: in which zone to look first, and under which identifier an IPv6
 * prefix goes, which has no address to name it by. It never answers for the cloud: holders are not kept.
 */
export interface AddressBook {
  get(unit: string): Entry | undefined
  put(unit: string, entry: Entry): void
  forget(unit: string): void
}

const mostEntries = 10_000

export function createAddressBook(): AddressBook {
  const entries = new Map<string, Entry>()
  return {
    get: (unit) => entries.get(unit),
    put: (unit, entry) => {
      entries.set(unit, entry)
      const [oldest] = entries.keys()
      if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest)
    },
    forget: (unit) => void entries.delete(unit),
  }
}
