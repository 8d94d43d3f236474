import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import type { Finding } from './judgement.ts'
import { trackOf } from './surroundings.ts'
import { lastReplyAt, latest } from './vantage.ts'
import type { NodeVerdict } from './verdict.ts'

type History = Pick<NodeVerdict, 'since' | 'unstable' | 'lastAliveAt'>

/** What a verdict takes from the one before it. */
export function history(node: NodeState, input: HealthInput, finding: Finding): History {
  const { name } = node.facts
  const before = input.previous.get(name)
  const since = before?.verdict === finding.verdict ? before.since : input.now
  return {
    since,
    unstable: before !== undefined && isUnstable(before, finding, since, input.now),
    lastAliveAt: latest([before?.lastAliveAt, node.leaseSeenAt, lastReplyAt(trackOf(input, name))]),
  }
}

/** That we were blind is not the node's fault. */
function isUnstable(before: NodeVerdict, { verdict }: Finding, since: number, now: number): boolean {
  if (verdict === 'dead' || verdict === 'suspect') return before.unstable
  if ((before.verdict === 'dead' || before.verdict === 'suspect') && before.reason !== 'Held') return true
  return before.unstable && now < since + healthDefaults.unstableFor
}
