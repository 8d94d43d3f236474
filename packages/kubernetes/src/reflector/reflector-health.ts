import type { Clock } from '@failover-ip/provider'
import type { ResourceType } from '../client/resource-type.ts'
import { problemOf, type ReflectorProblem } from './reflector-problem.ts'

export interface ReflectorState {
  /** The collection has been listed at least once. */
  readonly synced: boolean
  /** Monotonic time of the last contact while there is no watch; undefined while one runs. */
  readonly staleSince: number | undefined
  /** Monotonic time at which the last complete list was begun: the cache is at least as new. */
  readonly listedAt: number | undefined
  /** Objects and lines that could not be read, since the start. */
  readonly malformed: number
  /** The trouble that keeps the cache from being fresh. */
  readonly problem: ReflectorProblem | undefined
}

/** How well the reflector does, and what it tells about it. */
export interface ReflectorHealth {
  readonly state: ReflectorState
  /** The server was heard. */
  heard(): void
  /** A list or the opening of a watch succeeded. */
  fresh(): void
  /** A complete list is in the cache. */
  listed(startedAt: number): void
  /** A list or a watch failed. Reported when the kind of trouble is new. */
  failed(error: unknown): void
  /** An object or line could not be read. */
  malformed(message: string, key?: string, cause?: unknown): void
  handlerFailed(cause: unknown): void
}

export interface ReflectorHealthOptions {
  readonly clock: Clock
  readonly resource: ResourceType
  readonly namespace?: string
  readonly onProblem?: (problem: ReflectorProblem) => void
}

export function createReflectorHealth(options: ReflectorHealthOptions): ReflectorHealth {
  const { clock, resource } = options
  let lastContact = clock.monotonic()
  const state: { -readonly [K in keyof ReflectorState]: ReflectorState[K] } = {
    synced: false,
    staleSince: lastContact,
    listedAt: undefined,
    malformed: 0,
    problem: undefined,
  }
  const report = (problem: ReflectorProblem): void => {
    try {
      options.onProblem?.(problem)
    } catch {
      // A listener's failure is its own; there is nobody left to tell.
    }
  }
  const heard = (): void => {
    lastContact = clock.monotonic()
  }
  const fresh = (): void => {
    heard()
    state.staleSince = undefined
    state.problem = undefined
  }
  return {
    state,
    heard,
    fresh,
    listed: (startedAt) => {
      state.synced = true
      state.listedAt = startedAt
      fresh()
    },
    failed: (error) => {
      const problem = problemOf(resource, options.namespace, error)
      state.staleSince = lastContact
      if (problem.code !== state.problem?.code) report(problem)
      state.problem = problem
    },
    malformed: (message, key, cause) => {
      state.malformed++
      const what = key === undefined ? resource.kind : `${resource.kind} ${key}`
      const named = key === undefined ? {} : { key }
      report({ code: 'Malformed', message: `${what} cannot be read: ${message}.`, ...named, cause })
    },
    handlerFailed: (cause) =>
      report({ code: 'HandlerFailed', message: `A handler of changed ${resource.plural} failed.`, cause }),
  }
}
