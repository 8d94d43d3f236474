import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import type { Finding } from './judgement.ts'
import type { Question } from './verdict.ts'

/**
 * Whether the cloud is to be asked: only for a holder (its API counts requests), and only where nobody else could tell.
 */
export function askServerState(
  name: string,
  { verdict, reason }: Finding,
  { holders, serverStates, now }: HealthInput,
): { readonly questions: readonly Question[]; readonly changesAt: readonly number[] } {
  const settled = verdict !== 'suspect' || reason === 'WitnessDisagrees'
  if (settled || !holders.has(name)) return { questions: [], changesAt: [] }
  const answer = serverStates.get(name)
  const againAt = answer === undefined ? now : answer.at + healthDefaults.serverStateCountsFor
  return now >= againAt
    ? { questions: [{ kind: 'serverState', node: name }], changesAt: [] }
    : { questions: [], changesAt: [againAt] }
}
