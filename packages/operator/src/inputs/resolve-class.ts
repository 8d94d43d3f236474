import { defaultClassAnnotation } from '@failover-ip/kubernetes'
import type { ClassRecord } from '../caches/class-record.ts'
import type { Problem } from './problem.ts'

export type ClassResolution =
  | {
      readonly kind: 'class'
      readonly record: ClassRecord
      /** It serves the FailoverIP on, though this is wrong. */
      readonly warning: Problem | undefined
    }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Another operator's: nothing of it is looked at, nothing is said about it. */
  | { readonly kind: 'foreign' }

/**
 * Which class a FailoverIP belongs to: the one it names, or the default one. While it cannot be told which one is the
 * default, the one that serves it goes on: an annotation at a class is no reason to leave an address on a dead node.
 *
 * @param servedBy the class that its status names
 */
export function resolveClass(
  className: string | undefined,
  classes: readonly ClassRecord[],
  servedBy?: string,
): ClassResolution {
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
  const [only, ...more] = defaults
  if (only !== undefined && more.length === 0) return resolved(only)
  const found = defaultProblem(defaults)
  const serving = classes.find(({ name }) => name === servedBy)
  if (serving !== undefined) {
    return resolved(serving, {
      ...found,
      message: `${found.message} Until then it stays with the class ${serving.name}.`,
    })
  }
  // One operator says it: that of the first in the alphabet that has one.
  const speaker = defaults.find(({ kind, hasOperator }) => kind !== 'foreign' || hasOperator)
  if (defaults.length > 0 && (speaker === undefined || speaker.kind === 'foreign')) return { kind: 'foreign' }
  return { kind: 'problem', problem: found }
}

/** Why none of these, which are none or several, is the default class. */
function defaultProblem(defaults: readonly ClassRecord[]): Problem {
  if (defaults.length === 0) {
    const message = `No className is given, and no FailoverIPClass is the default: name one, or annotate one with ${defaultClassAnnotation}=true.`
    return { reason: 'NoDefaultClass', message }
  }
  const names = defaults.map(({ name }) => name).join(', ')
  const message = `No className is given, and several classes are the default (${names}): name one, or leave the annotation ${defaultClassAnnotation} to one of them.`
  return { reason: 'SeveralDefaultClasses', message }
}

function resolved(record: ClassRecord, warning?: Problem): ClassResolution {
  return record.kind === 'foreign' ? { kind: 'foreign' } : { kind: 'class', record, warning }
}

function problem(reason: Problem['reason'], message: string): ClassResolution {
  return { kind: 'problem', problem: { reason, message } }
}
