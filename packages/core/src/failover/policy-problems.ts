import type { PolicyOverrides } from '../domain/policy.ts'

const day = 86_400_000

/** The same limits as in a FailoverIP's schema: whoever writes no TypeScript should learn of a mistake as early. */
export function policyProblems(overrides: PolicyOverrides): readonly string[] {
  const { deletionPolicy, maintenance, failback, foreignHolder, onDrift, detection, paused } = overrides
  return [
    ...choice('deletionPolicy', deletionPolicy, ['Retain', 'Release']),
    ...choice('maintenance.onCordon', maintenance?.onCordon, ['Move', 'Ignore']),
    ...range('maintenance.delay', maintenance?.delay, 0, 365 * day),
    ...choice('failback.mode', failback?.mode, ['Never', 'Delayed', 'Always']),
    ...range('failback.delay', failback?.delay, 0, 365 * day),
    ...choice('foreignHolder', foreignHolder, ['Refuse', 'TakeOver']),
    ...choice('onDrift', onDrift, ['Adopt', 'Revert']),
    ...range('detection.interval', detection?.interval, 50, 60_000),
    ...range('detection.misses', detection?.misses, 1, 100),
    ...range('detection.witnesses', detection?.witnesses, 0, 0, ': there are no witnesses without Kubernetes'),
    ...(paused === undefined || typeof paused === 'boolean' ? [] : ['paused must be true or false']),
  ]
}

function choice(field: string, value: string | undefined, known: readonly string[]): readonly string[] {
  return value === undefined || known.includes(value) ? [] : [`${field} must be one of ${known.join(', ')}`]
}

function range(field: string, value: number | undefined, least: number, most: number, why = ''): readonly string[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return []
  return [`${field} must be ${least === most ? least : `a whole number from ${least} to ${most}`}${why}`]
}
