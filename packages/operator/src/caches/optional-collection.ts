import type { Reason } from '@failover-ip/core'
import type { Reflector, ReflectorProblem } from '@failover-ip/kubernetes'

/** A collection without which the operator does its work all the same: what depends on it alone says so. */
export interface OptionalCollection<T> {
  readonly reflector: Reflector<T>
  /** Why it cannot be read, once that is no passing trouble. */
  readonly problem: () => { readonly reason: Reason; readonly message: string } | undefined
}

export interface OptionalCollectionOptions<T> {
  readonly create: (telling: {
    readonly onProblem: (problem: ReflectorProblem) => void
    readonly onRecovered: (problem: ReflectorProblem) => void
  }) => Reflector<T>
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
  readonly onChange: () => void
}

const reasons: Readonly<Partial<Record<ReflectorProblem['code'], Reason>>> = {
  NotInstalled: 'NotInstalled',
  Forbidden: 'MissingRight',
  Unauthorized: 'MissingRight',
}

export function createOptionalCollection<T>(options: OptionalCollectionOptions<T>): OptionalCollection<T> {
  let lasting: { readonly problem: ReflectorProblem; readonly reason: Reason } | undefined
  const reflector = options.create({
    onProblem: (problem) => {
      options.onProblem(problem)
      const reason = reasons[problem.code]
      if (reason === undefined) return
      lasting = { problem, reason }
      options.onChange()
    },
    onRecovered: (problem) => {
      options.onRecovered(problem)
      if (lasting?.problem !== problem) return
      lasting = undefined
      options.onChange()
    },
  })
  return {
    reflector,
    problem: () => lasting && { reason: lasting.reason, message: lasting.problem.message },
  }
}
