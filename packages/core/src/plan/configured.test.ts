import { expect, test } from 'vitest'
import type { NodeAddressStatus } from '../domain/failover-node-status.ts'
import type { AddressStatus, MoveRecord } from '../domain/failover-ip.ts'
import { formatInstant } from '../domain/instant.ts'
import type { NodeState } from '../domain/node.ts'
import { reviewFailoverIP } from '../snapshot/failover-ip-review.ts'
import { configuredOf, markConfigured, patienceLeft, type ConfiguredFacts } from './configured.ts'
import { describeMove } from './move-record.ts'
import { account, failoverIP, monotonic, now, policy, recorded, serversOf, v4, v6 } from './testing/situation.ts'

const nodePlan = {
  carriedBy: 'Holder',
  prefixLength: 32,
  device: { rule: 'name', name: 'lo' },
  scope: 'host',
  announce: 'none',
} as const
const records: readonly AddressStatus[] = [recorded(v4, 'a', { nodePlan }), recorded(v6, 'a', { nodePlan, epoch: 9 })]
const answers = (changes: Partial<NodeAddressStatus> = {}): readonly NodeAddressStatus[] =>
  records.map(({ address, epoch }) => ({ address, epoch, role: 'holder' as const, carried: true, ...changes }))
const node = (agent?: NodeState['agent']): NodeState => ({
  facts: { name: 'a', addresses: [], labels: {}, annotations: {} },
  uid: 'u',
  unschedulable: false,
  taints: [],
  networkUnavailable: false,
  deleting: false,
  bootID: 'boot',
  ...(agent === undefined ? {} : { agent }),
})

function judged(agent: NodeState['agent'], facts: Partial<ConfiguredFacts> = {}, paused = false): string | undefined {
  const conditions = [
    { type: 'Configured', status: 'True', reason: 'Configured', message: 'as before', lastTransitionTime: '' },
  ] as const
  const review = reviewFailoverIP(failoverIP({ policy: { ...policy, paused }, status: { conditions } }), {
    account: account({ node: 'holder' }),
    servers: serversOf(['a']),
    readings: new Map(),
    now,
    monotonic,
  })
  const nodes = new Map([['a', node(agent)]])
  const base = { addresses: records, settledAt: 'a', goesTo: undefined, nodes, dryRun: false, now }
  const { status, reason, message } = configuredOf(review, { ...base, ...facts }) ?? {}
  return `${status} ${reason}: ${message}`
}
const reported = (addresses: readonly NodeAddressStatus[], bootID = 'boot'): NodeState['agent'] => ({
  kind: 'reported',
  status: { bootID, addresses },
})
const without = records.map(({ nodePlan: _plan, ...record }) => record)

test.each([
  [reported(answers()), {}, /^True Configured: Carried by a\./],
  [undefined, {}, /^Unknown NoAgent: No agent has reported on a\./],
  [reported(answers(), 'earlier'), {}, /^Unknown ReportOutdated/],
  [reported([]), {}, /^False Configuring: The agent of a has not answered for 51\.15\.129\.35 yet/],
  [reported(answers().slice(0, 1)), {}, /^False Configuring: .* 2001:/],
  [reported(answers({ epoch: 7 })), {}, /^False Configuring: .* 2001:/],
  [reported(answers({ role: 'candidate' })), {}, /^False Configuring/],
  [
    reported(answers({ carried: false, reason: 'AnchorUnknown', message: 'No answer.' })),
    {},
    /^False NotCarried: a does not carry 51\.15\.129\.35\. AnchorUnknown: No answer\./,
  ],
  [{ kind: 'unreadable', reason: 'NotInstalled', message: 'No.' } as const, {}, /^Unknown NotInstalled: No\./],
  [{ kind: 'unread' } as const, {}, /^True Configured: as before/],
  [reported(answers()), { goesTo: 'b' }, /^Unknown Moving: Goes to b\./],
  [reported(answers()), { settledAt: undefined }, /^Unknown Pending/],
  [reported(answers()), { addresses: without }, /^Unknown InternalError: acme/],
  [reported(answers()), { addresses: without, dryRun: true }, /^Unknown DryRun/],
])('by what the agent says: %#', (agent, facts, says) => {
  expect(judged(agent, facts)).toMatch(says)
})

test('an agent that does not answer for half a minute is worth a look', () => {
  const at = formatInstant(now)
  const waiting = {
    type: 'Configured',
    status: 'False',
    reason: 'Configuring',
    message: '',
    lastTransitionTime: at,
  } as const
  const review = reviewFailoverIP(failoverIP({ status: { conditions: [waiting] } }), {
    account: account({ node: 'holder' }),
    servers: serversOf(['a']),
    readings: new Map(),
    now,
    monotonic,
  })
  const facts = { addresses: records, settledAt: 'a', goesTo: undefined, dryRun: false }
  const reasonAt = (moment: number, agent: NodeState['agent']) =>
    configuredOf(review, { ...facts, nodes: new Map([['a', node(agent)]]), now: moment })?.reason
  expect(reasonAt(now + 29_999, reported([]))).toBe('Configuring')
  expect(reasonAt(now + 30_000, reported([]))).toBe('AgentSilent')
  expect(reasonAt(now + 30_000, reported(answers()))).toBe('Configured')
  expect(patienceLeft({ conditions: [waiting] }, now + 10_000)).toBe(20_000)
  expect(patienceLeft({ conditions: [{ ...waiting, reason: 'AgentSilent' }] }, now + 30_000)).toBeUndefined()
  expect(patienceLeft({ conditions: [{ ...waiting, reason: 'NoAgent' }] }, now)).toBeUndefined()
})

test('paused from the start, the nodes are told nothing', () => {
  expect(judged(undefined, { addresses: without }, true)).toMatch(/^Unknown Paused/)
})

const confirmed: MoveRecord = {
  reason: 'NodeDead',
  from: 'b',
  to: 'a',
  startedAt: formatInstant(now - 3000),
  confirmedAt: formatInstant(now - 2000),
}
const isTrue = { type: 'Configured', status: 'True', reason: 'Configured', message: '' } as const

test('the first sight of a configured holder is the last phase of its move, once, and for ten minutes', () => {
  const marked = markConfigured(confirmed, isTrue, 'a', now)
  expect(marked?.configuredAt).toBe(formatInstant(now))
  expect(describeMove(marked ?? confirmed)).toContain('confirmed 1.0 configured 2.0)')
  expect(markConfigured(marked, isTrue, 'a', now + 5000)).toBe(marked)
  const { confirmedAt: _never, ...open } = confirmed
  expect(markConfigured(open, isTrue, 'a', now)).toBe(open)
  expect(markConfigured(confirmed, { ...isTrue, status: 'False' }, 'a', now)).toBe(confirmed)
  expect(markConfigured(confirmed, isTrue, 'c', now)).toBe(confirmed)
  expect(markConfigured(confirmed, isTrue, 'a', now + 600_001)).toBe(confirmed)
  expect(markConfigured(undefined, isTrue, 'a', now)).toBeUndefined()
})
