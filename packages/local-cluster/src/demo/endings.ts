/** What has to be undone at the end, in reverse order of its beginning. */
export interface Endings {
  add(ending: () => PromiseLike<void>): void
  /** Runs all of them, even when some fail. The second time it does nothing. */
  run(): Promise<void>
}

export function createEndings(): Endings {
  const endings: (() => PromiseLike<void>)[] = []
  return {
    add: (ending) => void endings.push(ending),
    run: async () => {
      const failures: unknown[] = []
      for (let ending = endings.pop(); ending !== undefined; ending = endings.pop()) {
        try {
          await ending()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended')
    },
  }
}
