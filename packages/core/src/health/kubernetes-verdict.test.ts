import { describe, expect, it } from 'vitest'
import type { NodeState } from '../domain/node.ts'
import type { LiveNode } from '../ports/node-reader.ts'
import { assessHealth } from './assess-health.ts'
import type { HealthInput } from './health-input.ts'
import { follow, input, node, said, tracks } from './testing/evidence.ts'
import type { Health } from './verdict.ts'

const live = (state: Partial<LiveNode & { kind: 'present' }> = {}): LiveNode => ({
  kind: 'present',
  uid: 'uid-n1',
  ready: 'Unknown',
  leaseRenewed: false,
  ...state,
})

/** The outcome of a second look, with a live read that was begun between the two. */
function settled(nodes: readonly NodeState[], answer: LiveNode, rest: Partial<HealthInput> = {}): Health {
  const first = assessHealth(input(0, nodes, rest))
  const liveNodes = new Map(nodes.map(({ facts }) => [facts.name, { node: answer, at: 5 }]))
  return assessHealth(input(10, nodes, { liveNodes, previous: first.verdicts, ...rest }))
}

const ofN1 = (health: Health): string => {
  const verdict = health.verdicts.get('n1')
  return `${verdict?.verdict} ${verdict?.reason}`
}

describe('NotReady', () => {
  const well = node('n2', { ready: 'True' })
  const lost = node('n1', { ready: 'Unknown' })

  it('is a suspicion that a live read is to confirm', () => {
    const health = assessHealth(input(0, [lost, well]))
    expect(ofN1(health)).toBe('suspect Unreachable')
    expect(health.questions).toEqual([{ kind: 'liveNode', node: 'n1' }])
  })

  it('is death, once confirmed', () => {
    const health = settled([lost, well], live())
    expect(ofN1(health)).toBe('dead Unreachable')
    expect(health.questions).toEqual([])
  })

  it('is not confirmed by a read begun before it was seen', () => {
    const liveNodes = new Map([['n1', { node: live(), at: -1 }]])
    const first = assessHealth(input(0, [lost, well], { liveNodes }))
    const second = assessHealth(input(9, [lost, well], { liveNodes, previous: first.verdicts }))
    expect(ofN1(second)).toBe('suspect Unreachable')
  })

  it('stays dead when looked at again', () => {
    const nodes = [lost, well]
    const dead = settled(nodes, live())
    const liveNodes = new Map([['n1', { node: live(), at: 5 }]])
    const later = assessHealth(input(60_000, nodes, { liveNodes, previous: dead.verdicts }))
    expect(later.verdicts.get('n1')).toEqual(dead.verdicts.get('n1'))
  })

  it.each([
    ['the live read says Ready', live({ ready: 'True' })],
    ['it is another machine by now', live({ uid: 'other' })],
  ])('is refuted when %s, and read again later', (_, answer) => {
    const health = settled([lost, well], answer)
    expect(ofN1(health)).toBe('suspect Unreachable')
    expect(health.questions).toEqual([])
    expect(health.lookAgainAt).toBe(2_005)
  })

  it('leaves a node that answers probes alive', () => {
    const evidence = tracks(said('n1', 'leader', 'reply', -1))
    expect(ofN1(settled([lost, well], live(), { tracks: evidence }))).toBe('unfit Unreachable')
  })

  it('leaves a node alive whose kubelet renews and says itself that it is not ready', () => {
    const nodes = [node('n1', { ready: 'False', leaseSeenAt: -1_000 }), well]
    expect(ofN1(settled(nodes, live({ ready: 'False' })))).toBe('unfit NotReady')
  })

  it('of a node that is being shut down is a planned departure for as long as it lives, and then death', () => {
    const leaving = node('n1', { ready: 'False', shuttingDown: true, leaseSeenAt: -1_000 })
    expect(ofN1(settled([leaving, well], live({ ready: 'False' })))).toBe('leaving ShuttingDown')
    const evidence = tracks(said('n1', 'leader', 'reply', -1))
    const answering = node('n1', { ready: 'False', shuttingDown: true })
    expect(ofN1(settled([answering, well], live({ ready: 'False' }), { tracks: evidence }))).toBe(
      'leaving ShuttingDown',
    )
    expect(ofN1(settled([answering, well], live({ ready: 'False' })))).toBe('dead NotReady')
  })

  it('is no reason to leave a node whose kubelet renews: the node controller is behind [A45]', () => {
    const nodes = [node('n1', { ready: 'Unknown', leaseSeenAt: -1_000 }), well]
    expect(ofN1(settled(nodes, live()))).toBe('suspect Unreachable')
    expect(ofN1(settled([lost, well], live({ leaseRenewed: true })))).toBe('suspect Unreachable')
  })

  it('takes a live renewal only until the watch has caught up', () => {
    const answer = live({ leaseRenewed: true })
    const overdue = (leaseSeenAt: number): NodeState[] => [
      node('n1', { ready: 'Unknown', leaseSeenAt }),
      node('n2', { ready: 'True', leaseSeenAt: 99_000 }),
    ]
    const at = (leaseSeenAt: number): Health => {
      const first = assessHealth(input(0, overdue(leaseSeenAt)))
      const liveNodes = new Map([['n1', { node: answer, at: 5 }]])
      const second = assessHealth(input(20_000, overdue(leaseSeenAt), { liveNodes, previous: first.verdicts }))
      return assessHealth(input(100_000, overdue(leaseSeenAt), { liveNodes, previous: second.verdicts }))
    }
    expect(ofN1(at(4))).toBe('suspect Unreachable')
    expect(ofN1(at(5))).toBe('dead Unreachable')
  })

  it('is held while no Lease is seen to be renewed, whatever was known of others [A45]', () => {
    const nodes = [
      node('n1', { ready: 'Unknown', leaseSeenAt: -60_000 }),
      node('n2', { ready: 'True', leaseSeenAt: -60_000 }),
    ]
    expect(ofN1(settled(nodes, live()))).toBe('suspect Held')
  })

  it('of a node whose Lease was only just seen for the first time waits for its turn, and says nothing about us', () => {
    const nodes = [
      node('n1', { ready: 'Unknown', leaseFirstSeenAt: -5_000 }),
      node('n2', { ready: 'True', leaseFirstSeenAt: -5_000, leaseSeenAt: -1_000 }),
    ]
    const health = settled(nodes, live())
    expect(ofN1(health)).toBe('suspect Unreachable')
    expect(health.brake).toBeUndefined()
  })

  describe('of a node that a process finds so when it begins', () => {
    /** Its Lease is first seen at 0, and renewed at its turn, or never; that of n2 is renewed from 1 s on. */
    const verdictAt = (until: number, turn: number): string =>
      ofN1(
        follow(0, until, (now) => {
          const n2RenewedAt = Math.floor((now - 1_000) / 10_000) * 10_000 + 1_000
          return input(
            now,
            [
              node('n1', { ready: 'Unknown', leaseFirstSeenAt: 0, ...(now >= turn ? { leaseSeenAt: turn } : {}) }),
              node('n2', { ready: 'True', leaseFirstSeenAt: 0, ...(now >= 1_000 ? { leaseSeenAt: n2RenewedAt } : {}) }),
            ],
            { liveNodes: new Map([['n1', { node: live(), at: now }]]) },
          )
        }),
      )

    it.each([
      ['after an outage its kubelet had a request that hung, and then paused', 17_000],
      ['its kubelet had renewed just before, and failed to once', 20_500],
    ])('is no reason to leave it while %s [A45]', (_why, turn) => {
      for (const until of [1_000, 13_000, turn - 1, turn]) expect(verdictAt(until, turn)).toBe('suspect Unreachable')
    })

    it('is death when its Lease was not renewed for as long as any other may be', () => {
      expect(verdictAt(24_999, Number.POSITIVE_INFINITY)).toBe('suspect Unreachable')
      expect(verdictAt(25_000, Number.POSITIVE_INFINITY)).toBe('dead Unreachable')
    })
  })

  describe('after an outage of the API server that the node controller did not wait out [A45]', () => {
    const back = 100_000
    /** The first Lease is renewed as soon as it is back, that of n1 is so at its turn, or never. */
    const at = (now: number, turn: number, rest: Partial<HealthInput> = {}): Health => {
      const look = (time: number, previous: HealthInput['previous']): Health =>
        assessHealth(
          input(
            time,
            [
              node('n1', { ready: 'Unknown', leaseSeenAt: time >= turn ? turn : 30_000 }),
              node('n2', { ready: 'True', leaseSeenAt: Math.max(back, time - 5_000) }),
            ],
            { liveNodes: new Map([['n1', { node: live(), at: back }]]), previous, ...rest },
          ),
        )
      return look(now, look(back, new Map()).verdicts)
    }
    const answering = (now: number): Partial<HealthInput> => ({
      tracks: tracks(said('n1', 'leader', 'reply', now - 10)),
    })
    const never = Number.POSITIVE_INFINITY

    it('a node that answers keeps what it has until its Lease had its turn', () => {
      expect(ofN1(at(back + 1, never, answering(back + 1)))).toBe('suspect Unreachable')
      expect(ofN1(at(back + 11_999, never, answering(back + 11_999)))).toBe('suspect Unreachable')
      expect(ofN1(at(back + 12_000, back + 9_000, answering(back + 12_000)))).toBe('suspect Unreachable')
      expect(ofN1(at(back + 12_000, never, answering(back + 12_000)))).toBe('unfit Unreachable')
    })

    it('so does one of which nothing else is known', () => {
      expect(ofN1(at(back + 11_999, never))).toBe('suspect Unreachable')
      expect(ofN1(at(back + 12_000, back + 9_000))).toBe('suspect Unreachable')
      expect(ofN1(at(back + 12_000, never))).toBe('dead Unreachable')
    })
  })

  it('ends the patience with answers that prove nothing [A63]', () => {
    const evidence = tracks(
      said('n1', 'leader', 'reply', -50_000),
      said('n1', 'leader', 'refused', -400, -200, 0),
      said('n2', 'leader', 'reply', 0),
    )
    expect(ofN1(settled([lost, well], live(), { tracks: evidence }))).toBe('dead Unreachable')
  })

  it('of all nodes at once is held [A36]', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name) => node(name, { ready: 'Unknown' }))
    const first = assessHealth(input(0, nodes))
    const liveNodes = new Map(nodes.map(({ facts, uid }) => [facts.name, { node: live({ uid }), at: 5 }]))
    const health = assessHealth(input(10, nodes, { liveNodes, previous: first.verdicts }))
    expect([...health.verdicts.values()].map(({ reason }) => reason)).toEqual(['Held', 'Held', 'Held'])
    expect(health.brake?.message).toContain('no other node shows life')
  })
})

describe('a Lease', () => {
  /** Renewed every 10 s up to `until`. */
  const renewed = (name: string, now: number, until: number, offset = 0): NodeState =>
    node(name, {
      ready: 'True',
      leaseInterval: 10_000,
      leaseSeenAt: Math.floor((Math.min(now, until) - offset) / 10_000) * 10_000 + offset,
    })
  const confirming = new Map([['n1', { node: live({ ready: 'True' }), at: 45_000 }]])

  it('that is not renewed is death after 25 s, once confirmed [A30]', () => {
    const look = (until: number, liveNodes: HealthInput['liveNodes']): Health =>
      follow(0, until, (now) =>
        input(now, [renewed('n1', now, 20_000), renewed('n2', now, Number.POSITIVE_INFINITY, 3_000)], {
          liveNodes: now < 45_000 ? new Map() : liveNodes,
        }),
      )
    expect(ofN1(look(32_999, confirming))).toBe('healthy Healthy')
    expect(ofN1(look(33_000, confirming))).toBe('suspect LeaseExpired')
    expect(ofN1(look(44_999, confirming))).toBe('suspect LeaseExpired')
    expect(look(45_000, new Map()).questions).toEqual([{ kind: 'liveNode', node: 'n1' }])
    expect(ofN1(look(45_000, confirming))).toBe('dead LeaseExpired')
    const refuting = new Map([['n1', { node: live({ leaseRenewed: true }), at: 45_000 }]])
    expect(ofN1(look(45_000, refuting))).toBe('suspect LeaseExpired')
  })

  it('that was not renewed since it was first seen is death as late, and was no sign of life before', () => {
    const look = (until: number): Health =>
      follow(0, until, (now) =>
        input(
          now,
          [
            node('n1', { ready: 'True', leaseInterval: 10_000, leaseFirstSeenAt: 20_000 }),
            { ...renewed('n2', now, Number.POSITIVE_INFINITY, 3_000), leaseFirstSeenAt: 20_000 },
          ],
          { liveNodes: now < 45_000 ? new Map() : confirming },
        ),
      )
    expect(ofN1(look(32_999))).toBe('healthy Healthy')
    expect(look(32_999).verdicts.get('n1')?.lastAliveAt).toBeUndefined()
    expect(ofN1(look(44_999))).toBe('suspect LeaseExpired')
    expect(ofN1(look(45_000))).toBe('dead LeaseExpired')
  })

  it('of which no renewal was ever seen does not show that the API server takes them [A45]', () => {
    const nodes = [
      node('n1', { ready: 'True', leaseSeenAt: -100_000 }),
      node('n2', { ready: 'True', leaseFirstSeenAt: 0 }),
    ]
    const health = assessHealth(input(5_000, nodes))
    expect(ofN1(health)).toBe('suspect Held')
    expect(health.verdicts.get('n2')?.verdict).toBe('healthy')
  })

  it('is not death while something answers at the address', () => {
    const health = follow(0, 60_000, (now) =>
      input(now, [renewed('n1', now, 20_000), renewed('n2', now, Number.POSITIVE_INFINITY)], {
        tracks: tracks(said('n1', 'leader', 'reply', 0), said('n1', 'leader', 'refused', now)),
        liveNodes: new Map([['n1', { node: live({ ready: 'True' }), at: now }]]),
      }),
    )
    expect(health.verdicts.get('n1')?.verdict).toBe('suspect')
  })

  it('of nobody renewed is held: the API server is away [A45]', () => {
    const health = follow(0, 600_000, (now) =>
      input(now, [renewed('n1', now, 20_000), renewed('n2', now, 23_000, 3_000)]),
    )
    expect([...health.verdicts.values()].map(({ reason }) => reason)).toEqual(['Held', 'Held'])
    expect(health.brake?.message).toContain('no Lease of any node is being renewed')
  })

  it('has its whole time again when the API server is back [A45]', () => {
    const back = 600_000
    const look = (until: number): Health =>
      follow(0, until, (now, last) => {
        const other = renewed('n2', now, now < back ? 23_000 : now, 3_000)
        const nodes = [renewed('n1', now, 20_000), other]
        const asked = last?.questions.some(({ kind }) => kind === 'liveNode') === true
        return input(
          now,
          nodes,
          asked ? { liveNodes: new Map([['n1', { node: live({ ready: 'True' }), at: now }]]) } : {},
        )
      })
    const first = assessHealth({
      ...input(back + 100, [renewed('n1', back, 20_000), node('n2', { leaseSeenAt: back + 100 })]),
      previous: look(back - 1).verdicts,
    })
    expect(ofN1(first)).toBe('suspect LeaseExpired')
    expect(first.verdicts.get('n1')?.quietSince?.lease).toBe(back + 100)
    expect(first.questions).toEqual([])
  })

  it('does not count while the node answers probes: its kubelet is gone, its kernel serves', () => {
    const health = follow(0, 60_000, (now) =>
      input(now, [renewed('n1', now, 20_000), renewed('n2', now, Number.POSITIVE_INFINITY)], {
        tracks: tracks(said('n1', 'leader', 'reply', now)),
        liveNodes: confirming,
      }),
    )
    expect(ofN1(health)).toBe('suspect LeaseExpired')
  })

  it('of a node that was silent while the API server is away does not stop the fast verdict [A45]', () => {
    const nodes = ['n1', 'n2', 'n3'].map((name) => node(name, { ready: 'True', leaseSeenAt: -100_000 }))
    const evidence = tracks(
      ...['n1', 'n2'].map((target) => said(target, 'leader', 'reply', -200)),
      said('n1', 'n2', 'reply', -200),
      said('n1', 'leader', 'silence', 0, 200, 400),
      said('n1', 'n2', 'silence', 350),
      said('n2', 'leader', 'reply', 400),
    )
    const holders = new Map([['n1', { interval: 200, misses: 3, witnesses: 1 }]])
    const health = assessHealth(input(600, nodes, { tracks: evidence, holders }))
    expect([...health.verdicts.values()].map(({ reason }) => reason)).toEqual(['ProbesSilent', 'Healthy', 'Held'])
    expect(health.brake).toBeUndefined()
  })
})
