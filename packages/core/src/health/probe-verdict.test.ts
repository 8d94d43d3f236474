import { describe, expect, it } from 'vitest'
import { assessHealth } from './assess-health.ts'
import type { HealthInput } from './health-input.ts'
import { input, node, said, tracks, type Evidence } from './testing/evidence.ts'
import type { Health, Verdict, VerdictReason } from './verdict.ts'

const three = [node('n1'), node('n2'), node('n3')]
const detection = { interval: 200, misses: 3, witnesses: 1 }
const holds = new Map([['n1', detection]])

/** Everybody was heard by everybody before 0. */
const proven = [
  ...['n1', 'n2', 'n3'].flatMap((target) => said(target, 'leader', 'reply', -200)),
  ...said('n1', 'n2', 'reply', -200),
  ...said('n1', 'n3', 'reply', -200),
]
const leaderSilent = said('n1', 'leader', 'silence', 0, 200, 400)
const othersHeard = [...said('n2', 'leader', 'reply', 0, 200, 400), ...said('n3', 'leader', 'reply', 0, 200, 400)]

function of(health: Health, name: string): { verdict: Verdict; reason: VerdictReason; message: string } {
  const { verdict, reason, message } = health.verdicts.get(name) ?? expect.fail(`no verdict on ${name}`)
  return { verdict, reason, message }
}

describe('the fast verdict', () => {
  const rows: readonly {
    readonly title: string
    readonly evidence: Evidence
    readonly now?: number
    readonly rest?: Partial<HealthInput>
    readonly nodes?: HealthInput['nodes']
    readonly expected: readonly [Verdict, VerdictReason]
  }[] = [
    {
      title: 'dead when leader and a witness hear nothing [A30]',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      expected: ['dead', 'ProbesSilent'],
    },
    {
      title: 'not before the third interval is over',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      now: 599,
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'healthy with one lost packet',
      evidence: [proven, othersHeard, said('n1', 'leader', 'silence', 0)],
      expected: ['healthy', 'Healthy'],
    },
    {
      title: 'suspect after two misses, however long ago',
      evidence: [proven, othersHeard, said('n1', 'leader', 'silence', 0, 200), said('n1', 'n2', 'silence', 350)],
      now: 60_000,
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'suspect while a witness hears it: the operator alone is cut off',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350), said('n1', 'n3', 'reply', 350)],
      expected: ['suspect', 'WitnessDisagrees'],
    },
    {
      title: 'a witness that was silent before the silence began does not agree',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', -160)],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'a witness whose path never worked does not agree',
      evidence: [
        said('n1', 'leader', 'reply', -200),
        leaderSilent,
        othersHeard,
        said('n1', 'n2', 'silence', 350),
        said('n1', 'n3', 'silence', 350),
      ],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'the node itself and strangers are no witnesses',
      evidence: [
        proven,
        leaderSilent,
        othersHeard,
        said('n1', 'n1', 'reply', -200),
        said('n1', 'n1', 'silence', 350),
        said('n1', 'n9', 'reply', -200),
        said('n1', 'n9', 'silence', 350),
      ],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'as many witnesses as the policy wants',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      rest: { holders: new Map([['n1', { ...detection, witnesses: 2 }]]) },
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'healthy on a path that never worked, and Ready',
      evidence: [leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      expected: ['healthy', 'Healthy'],
    },
    {
      title: 'healthy on a path that has not worked since the boot',
      evidence: [
        said('n1', 'leader', 'reply', -200).map((reply) => ({ ...reply, bootID: 'before' })),
        said('n1', 'n2', 'reply', -200),
        leaderSilent,
        othersHeard,
        said('n1', 'n2', 'silence', 350),
      ],
      nodes: [node('n1', { bootID: 'now' }), node('n2'), node('n3')],
      expected: ['healthy', 'Healthy'],
    },
    {
      title: 'suspect while its kernel refuses',
      evidence: [
        proven,
        leaderSilent,
        othersHeard,
        said('n1', 'n2', 'silence', 350),
        said('n1', 'leader', 'refused', 300),
      ],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'suspect while a witness is refused',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350), said('n1', 'n3', 'refused', 300)],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'dead when the last refusal is long past',
      evidence: [
        proven,
        leaderSilent,
        othersHeard,
        said('n1', 'n2', 'silence', 350),
        said('n1', 'leader', 'refused', 300),
      ],
      now: 5_301,
      expected: ['dead', 'ProbesSilent'],
    },
    {
      title: 'suspect when nothing but refusals come',
      evidence: [proven, othersHeard, said('n1', 'leader', 'refused', 0, 200, 400)],
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'suspect when its Lease was renewed well after the silence began',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      nodes: [node('n1', { leaseSeenAt: 1_000 }), node('n2'), node('n3')],
      now: 1_100,
      expected: ['suspect', 'ProbesMissed'],
    },
    {
      title: 'dead although a renewal made before was seen late',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      nodes: [node('n1', { leaseSeenAt: 50 }), node('n2'), node('n3')],
      expected: ['dead', 'ProbesSilent'],
    },
    {
      title: 'alive at once when it answers again',
      evidence: [
        proven,
        leaderSilent,
        othersHeard,
        said('n1', 'n2', 'silence', 350),
        said('n1', 'leader', 'reply', 590),
      ],
      expected: ['healthy', 'Healthy'],
    },
    {
      title: 'held when the leader hears nobody',
      evidence: [proven, ...['n1', 'n2', 'n3'].map((target) => said(target, 'leader', 'silence', 0, 200, 400))],
      expected: ['suspect', 'Held'],
    },
    {
      title: 'ignored where nobody probes',
      evidence: [proven, leaderSilent, othersHeard, said('n1', 'n2', 'silence', 350)],
      rest: { probing: false },
      expected: ['healthy', 'Healthy'],
    },
  ]
  it.each(rows)('$title', ({ evidence, now = 600, rest, nodes = three, expected }) => {
    const health = assessHealth(input(now, nodes, { holders: holds, tracks: tracks(...evidence), ...rest }))
    expect(of(health, 'n1')).toMatchObject({ verdict: expected[0], reason: expected[1] })
  })

  it('says who heard nothing', () => {
    const evidence = tracks(
      proven,
      leaderSilent,
      othersHeard,
      said('n1', 'n3', 'silence', 350),
      said('n1', 'n2', 'silence', 350),
    )
    const health = assessHealth(input(600, three, { holders: holds, tracks: evidence }))
    expect(health.verdicts.get('n1')).toMatchObject({
      message: 'n1 silent at the leader and at n2, n3',
      lastAliveAt: -199,
      since: 600,
    })
    expect(health.brake).toBeUndefined()
  })

  it('looks again when a witness has not been heard for too long', () => {
    const heard = [said('n1', 'n2', 'reply', 350), said('n1', 'n3', 'reply', 400)]
    const given = input(5_000, three, { holders: holds, tracks: tracks(proven, leaderSilent, othersHeard, ...heard) })
    const health = assessHealth(given)
    expect(of(health, 'n1').message).toBe('n1 silent at the leader, but heard at n2, n3')
    expect(health.lookAgainAt).toBe(5_351)
    expect(of(assessHealth({ ...given, now: 5_351 }), 'n1').message).toBe('n1 silent at the leader, but heard at n3')
    expect(of(assessHealth({ ...given, now: 5_401 }), 'n1').reason).toBe('ProbesMissed')
  })

  it('brakes when all nodes fall silent at once: nothing is dead [A36]', () => {
    const silent = ['n1', 'n2', 'n3'].map((target) => said(target, 'leader', 'silence', 0, 200, 400))
    const health = assessHealth(input(60_000, three, { holders: holds, tracks: tracks(proven, ...silent) }))
    expect([...health.verdicts.values()].map(({ verdict }) => verdict)).toEqual(['suspect', 'suspect', 'suspect'])
    expect(health.brake?.message).toContain('hears no node at all')
  })
})

describe('a single vantage point', () => {
  const alone = [said('n1', 'leader', 'reply', -200), leaderSilent, said('n2', 'leader', 'reply', 400)]
  const lease = (n1: number, n2: number): HealthInput['nodes'] => [
    node('n1', { leaseSeenAt: n1, leaseInterval: 10_000 }),
    node('n2', { leaseSeenAt: n2, leaseInterval: 10_000 }),
  ]

  it('waits for a renewal that does not come, and no longer', () => {
    const at = (now: number): Health => assessHealth(input(now, lease(-8_000, 300), { tracks: tracks(...alone) }))
    expect(of(at(600), 'n1').verdict).toBe('suspect')
    expect(at(600).lookAgainAt).toBeLessThanOrEqual(5_000)
    expect(of(at(4_999), 'n1').verdict).toBe('suspect')
    expect(of(at(5_000), 'n1')).toEqual({
      verdict: 'dead',
      reason: 'ProbesSilent',
      message: 'n1 silent at the leader, and its Lease is not renewed',
    })
  })

  it.each([
    ['our own node agrees', [said('n1', 'n2', 'reply', -150), said('n1', 'n2', 'silence', 350)], 'suspect'],
    ['another node agrees', [said('n1', 'n3', 'reply', -150), said('n1', 'n3', 'silence', 350)], 'dead'],
    ['our own node hears it', [said('n1', 'n2', 'reply', 350), said('n1', 'n3', 'silence', 350)], 'suspect'],
  ])('is this process together with the agent of its own node: %s', (_, heard, verdict) => {
    const evidence = tracks(...alone, said('n3', 'leader', 'reply', 400), ...heard)
    const health = assessHealth(input(600, three, { ownNode: 'n2', holders: holds, tracks: evidence }))
    expect(of(health, 'n1').verdict).toBe(verdict)
  })

  it('is blind when it hears nobody but its own node', () => {
    const evidence = [said('n1', 'n2', 'reply', -150), said('n1', 'n2', 'silence', 350)]
    const given = input(600, three, { ownNode: 'n2', holders: holds, tracks: tracks(...alone, ...evidence) })
    expect(of(assessHealth(given), 'n1').verdict).toBe('suspect')
    expect(assessHealth({ ...given, tracks: tracks(...alone) }).questions).not.toContainEqual({
      kind: 'freshProbe',
      node: 'n2',
    })
  })

  it('does not see by its own node alone, also where no witness is asked for', () => {
    const holders = new Map([['n1', { ...detection, witnesses: 0 }]])
    const at = (ownNode: string): Health =>
      assessHealth(input(600, three, { ownNode, holders, tracks: tracks(...alone) }))
    expect(of(at('n2'), 'n1').verdict).toBe('suspect')
    expect(of(at('n3'), 'n1').verdict).toBe('dead')
  })

  it('waits for a renewal, too, when its own node is the only other one', () => {
    const at = (now: number): Health =>
      assessHealth(input(now, lease(-8_000, 300), { ownNode: 'n2', tracks: tracks(...alone) }))
    expect(of(at(4_999), 'n1').verdict).toBe('suspect')
    expect(of(at(5_000), 'n1').verdict).toBe('dead')
  })

  it('holds when nobody renews: that is the API server', () => {
    const health = assessHealth(input(5_000, lease(-8_000, -8_000), { tracks: tracks(...alone) }))
    expect(of(health, 'n1').verdict).toBe('suspect')
  })

  it('decides alone without Kubernetes after twice the misses, while it hears another', () => {
    const silence = (...sentAt: number[]): HealthInput['tracks'] =>
      tracks(
        said('n1', 'leader', 'reply', -200),
        said('n1', 'leader', 'silence', ...sentAt),
        said('n2', 'leader', 'reply', 400),
      )
    const at = (now: number, ...sentAt: number[]): Verdict =>
      of(assessHealth(input(now, [node('n1'), node('n2')], { kubernetes: false, tracks: silence(...sentAt) })), 'n1')
        .verdict
    expect(at(1_199, 0, 200, 400, 600, 800, 1_000)).toBe('suspect')
    expect(at(5_000, 0, 200, 400, 600, 800)).toBe('suspect')
    expect(at(1_200, 0, 200, 400, 600, 800, 1_000)).toBe('dead')
    const early = input(900, [node('n1'), node('n2')], {
      kubernetes: false,
      tracks: silence(0, 100, 200, 300, 400, 500),
    })
    expect(assessHealth(early).lookAgainAt).toBe(1_200)
  })

  it('holds without Kubernetes when it hears nobody [A36]', () => {
    const silence = ['n1', 'n2'].map((target) => [
      ...said(target, 'leader', 'reply', -200),
      ...said(target, 'leader', 'silence', 0, 200, 400, 600, 800, 1_000),
    ])
    const health = assessHealth(
      input(9_000, [node('n1'), node('n2')], { kubernetes: false, tracks: tracks(...silence) }),
    )
    expect([...health.verdicts.values()].map(({ reason }) => reason)).toEqual(['Held', 'Held'])
    expect(health.brake).toBeDefined()
  })
})

describe('questions about silence', () => {
  const twice = said('n1', 'leader', 'silence', 0, 200)
  const asked = (now: number, ...evidence: Evidence): readonly string[] =>
    assessHealth(input(now, three, { holders: holds, tracks: tracks(...evidence) })).questions.map(
      ({ kind, node: about }) => `${kind} ${about}`,
    )

  it('asks witnesses from the second miss on, not at the first', () => {
    expect(asked(151, proven, othersHeard, said('n1', 'leader', 'silence', 0))).toEqual([])
    expect(asked(351, proven, othersHeard, twice)).toContain('witnesses n1')
  })

  it('asks them once, and again after a while', () => {
    const answered = [proven, othersHeard, leaderSilent, said('n1', 'n2', 'reply', 352)]
    expect(asked(600, ...answered)).not.toContain('witnesses n1')
    expect(asked(2_352, ...answered)).not.toContain('witnesses n1')
    expect(asked(2_353, ...answered)).toContain('witnesses n1')
  })

  it('wants a fresh probe where the rhythm is slower than the patience', () => {
    expect(asked(549, proven, othersHeard, twice)).not.toContain('freshProbe n1')
    expect(asked(550, proven, othersHeard, twice)).toContain('freshProbe n1')
  })

  it('probes others at once when none was heard since', () => {
    expect(asked(351, proven, twice)).toEqual(expect.arrayContaining(['freshProbe n2', 'freshProbe n3']))
    expect(asked(351, proven, twice, othersHeard)).not.toContain('freshProbe n2')
  })

  it('never asks the API server, which may be out of reach for the same reason', () => {
    for (const silent of [twice, leaderSilent]) {
      for (const heard of [said('n1', 'n2', 'silence', 350), said('n1', 'n2', 'reply', 350), []]) {
        expect(asked(600, proven, othersHeard, silent, heard)).not.toContain('liveNode n1')
      }
    }
  })

  it('asks the cloud about a holder, not about others', () => {
    expect(asked(351, proven, othersHeard, twice)).toContain('serverState n1')
    const elsewhere = assessHealth(input(351, three, { tracks: tracks(proven, othersHeard, twice) }))
    expect(elsewhere.questions.map(({ kind }) => kind)).not.toContain('serverState')
  })
})
