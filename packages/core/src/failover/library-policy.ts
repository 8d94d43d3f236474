import type { Policy } from '../domain/policy.ts'

/** The policy of the library form: that of a FailoverIPClass, but for witnesses and agents, of which it has none. */
export const libraryPolicy: Policy = {
  deletionPolicy: 'Retain',
  maintenance: { onCordon: 'Move', delay: 0 },
  failback: { mode: 'Never', delay: 600_000 },
  foreignHolder: 'Refuse',
  onDrift: 'Adopt',
  // There are no agents to read a plan.
  nodeConfiguration: 'Manual',
  detection: { interval: 200, misses: 3, witnesses: 0 },
  paused: false,
}
