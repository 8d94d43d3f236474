import { describe, expect, it } from 'vitest'
import type { NodeState } from '../domain/node.ts'
import { assessHealth } from './assess-health.ts'
import type { HealthInput } from './health-input.ts'
import { input, node, said, tracks, type Evidence } from './testing/evidence.ts'
import type { NodeVerdict } from './verdict.ts'

function judge(state: Partial<NodeState>, rest: Partial<HealthInput> = {}): NodeVerdict {
  const n1 = { ...node('n1'), ...state }
  return (
    assessHealth(input(0, [n1, node('n2', { ready: 'True' })], rest)).verdicts.get('n1') ?? expect.fail('no verdict')
  )
}

const taint = (key: string): Partial<NodeState> => ({ taints: [{ key, effect: 'NoSchedule' }] })
const label = (key: string): Partial<NodeState> => ({ facts: { ...node('n1').facts, labels: { [key]: '' } } })
const answering = { tracks: tracks(said('n1', 'leader', 'reply', -10)) }
const server = (state: 'running' | 'stopped' | 'gone' | 'unknown', at = 0): Partial<HealthInput> => ({
  serverStates: new Map([['n1', { state, at }]]),
})

describe('signs on the node [A20]', () => {
  it.each<[string, Partial<NodeState>, string]>([
    ['nothing', {}, 'healthy Healthy'],
    ['a cordon', { unschedulable: true }, 'leaving Cordoned'],
    ['deletion', { deleting: true }, 'leaving NodeDeleted'],
    [
      'the exclude label of Kubernetes',
      label('node.kubernetes.io/exclude-from-external-load-balancers'),
      'leaving Excluded',
    ],
    ['our exclude label', label('failover-ip.dev/exclude'), 'leaving Excluded'],
    ["the cluster autoscaler's taint", taint('ToBeDeletedByClusterAutoscaler'), 'leaving AutoscalerRemoves'],
    ["the cluster autoscaler's mere candidate", taint('DeletionCandidateOfClusterAutoscaler'), 'healthy Healthy'],
    ["Karpenter's taint", taint('karpenter.sh/disrupted'), 'leaving Draining'],
    ['the out-of-service taint', taint('node.kubernetes.io/out-of-service'), 'dead OutOfService'],
    ["the cloud controller's shutdown taint", taint('node.cloudprovider.kubernetes.io/shutdown'), 'dead ServerStopped'],
    ['NetworkUnavailable', { networkUnavailable: true }, 'unfit NetworkUnavailable'],
    ['NetworkUnavailable and a cordon', { networkUnavailable: true, unschedulable: true }, 'unfit NetworkUnavailable'],
    ['an exclude label and a cordon', { ...label('failover-ip.dev/exclude'), unschedulable: true }, 'leaving Excluded'],
    [
      'the unreachable taint beside Ready',
      { ...taint('node.kubernetes.io/unreachable'), ready: 'True' },
      'healthy Healthy',
    ],
    ['the unreachable taint alone', taint('node.kubernetes.io/unreachable'), 'suspect Unreachable'],
    ['the not-ready taint alone', taint('node.kubernetes.io/not-ready'), 'suspect NotReady'],
  ])('%s', (_, state, expected) => {
    const { verdict, reason } = judge(state)
    expect(`${verdict} ${reason}`).toBe(expected)
  })

  it('a node that answers after all only leaves', () => {
    expect(judge(taint('node.kubernetes.io/out-of-service'), answering)).toMatchObject({ verdict: 'leaving' })
    expect(judge(taint('node.cloudprovider.kubernetes.io/shutdown'), answering)).toMatchObject({
      reason: 'ShuttingDown',
    })
  })
})

describe("the cloud's word", () => {
  it.each([
    ['running', 'healthy Healthy'],
    ['unknown', 'healthy Healthy'],
    ['stopped', 'dead ServerStopped'],
    ['gone', 'dead ServerGone'],
  ] as const)('%s', (state, expected) => {
    const { verdict, reason } = judge({}, server(state))
    expect(`${verdict} ${reason}`).toBe(expected)
  })

  it('is overtaken by a later sign of life', () => {
    expect(judge({}, { ...server('stopped', -20), ...answering }).verdict).toBe('healthy')
    expect(judge({}, { ...server('stopped', -5), ...answering }).verdict).toBe('dead')
    expect(judge({ leaseSeenAt: 0 }, server('stopped', -1_001)).verdict).toBe('healthy')
    expect(judge({ leaseSeenAt: 0 }, server('stopped', -1_000)).verdict).toBe('dead')
  })
})

describe('history', () => {
  const nodes = [node('n1', { ready: 'True' }), node('n2', { ready: 'True' })]
  const gone = assessHealth(input(0, nodes, server('gone')))
  const n1 = (now: number, previous: HealthInput['previous']): NodeVerdict =>
    assessHealth(input(now, nodes, { previous })).verdicts.get('n1') ?? expect.fail('no verdict')

  it('calls a node unstable for ten minutes after it came back, and a stranger stable', () => {
    expect(n1(0, new Map())).toMatchObject({ verdict: 'healthy', unstable: false, rank: 0 })
    const back = assessHealth(input(1_000, nodes, { previous: gone.verdicts }))
    expect(back.verdicts.get('n1')).toMatchObject({ verdict: 'healthy', unstable: true, since: 1_000 })
    expect(back.verdicts.get('n1')?.rank).toBeGreaterThan(0)
    expect(back.lookAgainAt).toBe(601_000)
    expect(n1(600_999, back.verdicts).unstable).toBe(true)
    expect(n1(601_000, back.verdicts)).toMatchObject({ unstable: false, rank: 0, since: 1_000 })
  })

  it('keeps since while the verdict is the same, and the last sign of life for good', () => {
    const earlier = assessHealth(input(-50, nodes, { tracks: tracks(said('n1', 'leader', 'reply', -100)) }))
    const dead = assessHealth(input(0, nodes, { previous: earlier.verdicts, ...server('stopped') }))
    const later = assessHealth(input(70, nodes, { previous: dead.verdicts, ...server('gone', 70) }))
    expect(later.verdicts.get('n1')).toMatchObject({ since: 0, lastAliveAt: -99, reason: 'ServerGone' })
  })

  it('does not blame a node for our blindness', () => {
    const held = new Map(
      [...gone.verdicts].map(([name, verdict]) => [name, { ...verdict, verdict: 'suspect', reason: 'Held' } as const]),
    )
    expect(n1(1_000, held).unstable).toBe(false)
  })
})

it('ranks by kind, and a node in trouble lately behind every stable one of its kind', () => {
  const rankOf = (state: Partial<NodeState>, rest: Partial<HealthInput> = {}): number => judge(state, rest).rank
  const lately = { previous: new Map([['n1', { ...judge({}), verdict: 'dead' as const }]]) }
  const ranks = [
    rankOf({}),
    rankOf({ ready: 'Unknown' }),
    rankOf({}, lately),
    rankOf({ unschedulable: true }),
    rankOf({ networkUnavailable: true }),
    rankOf({}, server('gone')),
  ]
  expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b))
})

it('knows nothing of nodes that are not there', () => {
  const health = assessHealth(input(0, [], { previous: new Map([['n1', judge({})]]) }))
  expect(health).toEqual({
    at: health.at,
    verdicts: new Map(),
    questions: [],
    brake: undefined,
    lookAgainAt: undefined,
  })
})

it('ranks a node that never answered after those that do, and as their equal while nobody does', () => {
  const ranks = (...evidence: Evidence): readonly (number | undefined)[] => {
    const health = assessHealth(input(500, [node('n1'), node('n2')], { tracks: tracks(...evidence) }))
    return ['n1', 'n2'].map((name) => health.verdicts.get(name)?.rank)
  }
  expect(ranks(said('n1', 'leader', 'silence', 0), said('n2', 'leader', 'reply', 0))).toEqual([1, 0])
  expect(ranks(said('n1', 'leader', 'silence', 0), said('n2', 'leader', 'silence', 0))).toEqual([0, 0])
})
