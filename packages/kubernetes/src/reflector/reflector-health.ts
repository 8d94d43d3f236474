import type { Clock } from '@failover-ip/provider'
import type { ResourceType } from '../client/resource-type.ts'
import { collectionName, problemOf, type ReflectorProblem } from './reflector-problem.ts'

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
  /** A watch is open: the cache follows the server. */
  watching(): void
  /** A complete list is in the cache. */
  listed(startedAt: number): void
  /** A list or a watch failed. Reported when the kind of trouble is new; a refusal when it lasts. */
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
  readonly onRecovered?: (problem: ReflectorProblem) => void
}

/** An API server that has just started answers 401 and 403 until it has loaded who may do what. */
const refusalGrace = 5000

export function createReflectorHealth(options: ReflectorHealthOptions): ReflectorHealth {
  const { clock, resource } = options
  const what = collectionName(resource)
  let lastContact = clock.monotonic()
  const state: { -readonly [K in keyof ReflectorState]: ReflectorState[K] } = {
    synced: false,
    staleSince: lastContact,
    listedAt: undefined,
    malformed: 0,
    problem: undefined,
  }
  const heard = (): void => {
    lastContact = clock.monotonic()
  }
  const report = (problem: ReflectorProblem): void => tell(options.onProblem, problem)
  let problemSince = lastContact
  /** What was reported and is not over. */
  let reported: ReflectorProblem | undefined
  const settle = (problem: ReflectorProblem | undefined): void => {
    if (reported !== undefined) tell(options.onRecovered, reported)
    if (problem !== undefined) report(problem)
    reported = problem
  }
  return {
    state,
    heard,
    watching: () => {
      heard()
      state.staleSince = undefined
      state.problem = undefined
      settle(undefined)
    },
    listed: (startedAt) => {
      heard()
      state.synced = true
      state.listedAt = startedAt
    },
    failed: (error) => {
      const problem = problemOf(resource, options.namespace, error)
      if (problem.code !== state.problem?.code) problemSince = clock.monotonic()
      state.staleSince = lastContact
      state.problem = problem
      const isRefusal = problem.code === 'Forbidden' || problem.code === 'Unauthorized'
      const lasts = clock.monotonic() - problemSince >= (isRefusal ? refusalGrace : 0)
      if (lasts && problem.code !== reported?.code) settle(problem)
    },
    malformed: (message, key, cause) => {
      state.malformed++
      const object = key === undefined ? resource.kind : `${resource.kind} ${key}`
      const named = key === undefined ? {} : { key }
      report({ code: 'Malformed', what, message: `${object} cannot be read: ${message}.`, ...named, cause })
    },
    handlerFailed: (cause) =>
      report({ code: 'HandlerFailed', what, message: `A handler of changed ${resource.plural} failed.`, cause }),
  }
}

function tell(listener: ((problem: ReflectorProblem) => void) | undefined, problem: ReflectorProblem): void {
  try {
    listener?.(problem)
  } catch {
    // A listener's failure is its own; there is nobody left to tell.
  }
}
