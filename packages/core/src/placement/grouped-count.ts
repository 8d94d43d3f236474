/** Numbers by group and key; 0 where nothing was added. */
export class GroupedCount {
  readonly #counts = new Map<string, Map<string | number, number>>()

  get(group: string, key: string | number): number {
    return this.#counts.get(group)?.get(key) ?? 0
  }

  add(group: string, key: string | number, number: number): void {
    const counts = this.#counts.get(group) ?? new Map<string | number, number>()
    this.#counts.set(group, counts)
    counts.set(key, (counts.get(key) ?? 0) + number)
  }
}
