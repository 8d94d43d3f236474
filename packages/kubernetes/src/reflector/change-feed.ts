import type { CacheChange } from './object-cache.ts'

export type ChangeHandler<T> = (changes: readonly CacheChange<T>[]) => void

/** Hands changes to whoever asked for them; a handler that throws does not keep them from the others. */
export interface ChangeFeed<T> {
  subscribe(handler: ChangeHandler<T>): () => void
  emit(changes: readonly CacheChange<T>[]): void
}

export function createChangeFeed<T>(onFailure: (cause: unknown) => void): ChangeFeed<T> {
  const handlers = new Set<ChangeHandler<T>>()
  return {
    subscribe: (handler) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    emit: (changes) => {
      if (changes.length === 0) return
      for (const handler of handlers) {
        try {
          handler(changes)
        } catch (cause) {
          onFailure(cause)
        }
      }
    },
  }
}
