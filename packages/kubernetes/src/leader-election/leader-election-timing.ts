/** All in milliseconds. */
export interface LeaderElectionTiming {
  /** A lease that was not renewed for this long may be taken by others. A whole number of seconds. */
  readonly leaseDuration: number
  /** A leader that could not renew for this long stops leading. */
  readonly renewDeadline: number
  /** Pause between tries, of a leader whose renewal failed and of a candidate. */
  readonly retryPeriod: number
  /** Pause between renewals while all is well. */
  readonly renewInterval: number
}

/**
 * Short, because taking over needs no waiting for the previous leader's calls: each address's recorded operation
 * guards itself. The lease tolerates clocks whose rates differ by leaseDuration / renewDeadline, a third.
 */
export const defaultLeaderElectionTiming: LeaderElectionTiming = {
  leaseDuration: 4000,
  renewDeadline: 3000,
  retryPeriod: 500,
  renewInterval: 1000,
}

/** Candidates wait up to this share longer than `retryPeriod`, so that they do not keep colliding. */
export const retryJitter = 0.2

/** Which relation is broken, in a sentence; undefined when the times fit together. */
export function leaderElectionTimingProblem(timing: LeaderElectionTiming): string | undefined {
  const { leaseDuration, renewDeadline, retryPeriod, renewInterval } = timing
  const rules: readonly (readonly [boolean, string])[] = [
    [retryPeriod > 0, 'the retry period has to be above 0'],
    [leaseDuration % 1000 === 0, 'the lease duration has to be whole seconds, as the Lease stores nothing else'],
    [leaseDuration > renewDeadline, 'the lease duration has to be longer than the renew deadline'],
    [
      renewDeadline > retryPeriod * (1 + retryJitter),
      `the renew deadline has to be longer than ${1 + retryJitter} times the retry period`,
    ],
    [
      renewInterval + retryPeriod < renewDeadline,
      'the renew interval and one retry period have to fit into the renew deadline',
    ],
  ]
  const broken = rules.find(([holds]) => !holds)
  return broken === undefined ? undefined : `leader election: ${broken[1]}`
}
