type Counts = Map<string | number, number>

/** Numbers by group and key; 0 where nothing was added. */
export class GroupedCount {
  readonly #counts: Map<string, Counts>
  /** Groups that were counted here, and not only taken over from the original. */
  readonly #own = new Map<string, Counts>()

  constructor(counts: Iterable<[string, Counts]> = []) {
    this.#counts = new Map(counts)
  }

  copy(): GroupedCount {
    return new GroupedCount(this.#counts)
  }

  get(group: string, key: string | number): number {
    return this.#counts.get(group)?.get(key) ?? 0
  }

  add(group: string, key: string | number, number: number): void {
    const counts = this.#own.get(group) ?? new Map(this.#counts.get(group))
    this.#own.set(group, counts)
    this.#counts.set(group, counts)
    counts.set(key, (counts.get(key) ?? 0) + number)
  }
}
