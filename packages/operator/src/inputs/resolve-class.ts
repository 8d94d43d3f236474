import { defaultClassAnnotation } from '@failover-ip/kubernetes'
import type { ClassRecord } from '../caches/class-record.ts'
import type { Problem } from './problem.ts'

export type ClassResolution =
  | { readonly kind: 'class'; readonly record: ClassRecord }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Another operator's: nothing of it is looked at, nothing is said about it. */
  | { readonly kind: 'foreign' }

/** Which class a FailoverIP belongs to: the one it names, or the default one. */
export function resolveClass(className: string | undefined, classes: readonly ClassRecord[]): ClassResolution {
  if (className !== undefined) {
    const named = classes.find(({ name }) => name === className)
    return named === undefined
      ? problem(
          'ClassNotFound',
          `There is no FailoverIPClass ${className}: create it, or name another in spec.className.`,
        )
      : resolved(named)
  }
  const defaults = classes.filter(({ isDefault }) => isDefault).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const [first, ...more] = defaults
  if (first === undefined) {
    return problem(
      'NoDefaultClass',
      `No className is given, and no FailoverIPClass is the default: name one, or annotate one with ${defaultClassAnnotation}=true.`,
    )
  }
  if (more.length === 0) return resolved(first)
  // One operator says it: that of the first in the alphabet.
  if (first.kind === 'foreign') return { kind: 'foreign' }
  const names = defaults.map(({ name }) => name).join(', ')
  return problem(
    'SeveralDefaultClasses',
    `No className is given, and several classes are the default (${names}): name one, or leave the annotation ${defaultClassAnnotation} to one of them.`,
  )
}

function resolved(record: ClassRecord): ClassResolution {
  return record.kind === 'foreign' ? { kind: 'foreign' } : { kind: 'class', record }
}

function problem(reason: Problem['reason'], message: string): ClassResolution {
  return { kind: 'problem', problem: { reason, message } }
}
