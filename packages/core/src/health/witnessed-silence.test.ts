import { describe, expect, it } from 'vitest'
import { assessHealth } from './assess-health.ts'
import type { HealthInput } from './health-input.ts'
import { input, node, said, tracks, type Evidence } from './testing/evidence.ts'
import type { NodeVerdict } from './verdict.ts'

const nodes = ['n1', 'n2', 'n3', 'n4'].map((name) => node(name))
const holders = new Map([['n1', { interval: 200, misses: 3, witnesses: 1 }]])
/** The leader hears the others and n1 never; n2 and n3 have heard n1 before 0. */
const before = [
  ...['n2', 'n3', 'n4'].flatMap((target) => said(target, 'leader', 'reply', -200, 0, 200, 400, 600)),
  ...said('n1', 'leader', 'silence', -200, 0, 200, 400),
  ...['n2', 'n3'].flatMap((witness) => said('n1', witness, 'reply', -200)),
]
const silentAt = (...witnesses: readonly string[]): Evidence =>
  witnesses.map((witness) => said('n1', witness, 'silence', 0, 200, 400))

function ofN1(evidence: Evidence, rest: Partial<HealthInput> = {}, now = 600): NodeVerdict | undefined {
  return assessHealth(input(now, nodes, { holders, tracks: tracks(before, ...evidence), ...rest })).verdicts.get('n1')
}

describe('a holder that the leader has never heard itself', () => {
  it('is dead when two others who have heard it hear it no more [A43]', () => {
    expect(ofN1(silentAt('n2', 'n3'))).toMatchObject({
      verdict: 'dead',
      reason: 'ProbesSilent',
      message: 'n1 silent at n2, n3, which had heard it; the leader had not',
    })
  })

  it('is dead still when it was left, and holds nothing any more', () => {
    expect(ofN1(silentAt('n2', 'n3'), { holders: new Map() })).toMatchObject({ verdict: 'dead' })
  })

  it('is dead whatever a witness does not hear that had lost it alone', () => {
    const alone = [said('n1', 'n4', 'reply', -60_000), said('n1', 'n4', 'silence', -58_000, -2_000, 0, 200, 400)]
    expect(ofN1([...alone, ...silentAt('n2', 'n3')])).toMatchObject({
      verdict: 'dead',
      message: 'n1 silent at n2, n3, which had heard it; the leader had not',
    })
    expect(ofN1([...alone, ...silentAt('n2')])).toMatchObject({ verdict: 'healthy' })
  })

  it('is in doubt before the third interval is over, and they are asked again', () => {
    const health = assessHealth(input(560, nodes, { holders, tracks: tracks(before, ...silentAt('n2', 'n3')) }))
    expect(health.verdicts.get('n1')).toMatchObject({ verdict: 'suspect', reason: 'ProbesMissed' })
    expect(health.lookAgainAt).toBe(600)
    expect(health.questions).not.toContainEqual({ kind: 'witnesses', node: 'n1' })
    const late = assessHealth(
      input(750, nodes, {
        holders,
        tracks: tracks(before, ...['n2', 'n3'].map((witness) => said('n1', witness, 'silence', 0, 400))),
      }),
    )
    expect(late.questions).toContainEqual({ kind: 'witnesses', node: 'n1' })
  })

  it('is asked about again when an interval has passed without a word of them', () => {
    const evidence = ['n2', 'n3'].map((witness) => said('n1', witness, 'silence', 0, 400))
    const health = assessHealth(input(650, nodes, { holders, tracks: tracks(before, ...evidence) }))
    expect(health.lookAgainAt).toBe(750)
  })

  it.each<[string, Evidence, Partial<HealthInput>?]>([
    ['one alone hears it no more', silentAt('n2')],
    ['the second one has never heard it either [A62]', silentAt('n2', 'n4')],
    ['the second one is no node of the cluster any more', [said('n1', 'n9', 'reply', -200), ...silentAt('n2', 'n9')]],
    ['the second one is on the leader’s own machine', silentAt('n2', 'n3'), { ownNode: 'n3' }],
    ['somebody hears it [A32]', [...silentAt('n2', 'n3'), said('n1', 'n4', 'reply', 100)]],
    [
      'the agent beside the leader hears it',
      [...silentAt('n2', 'n3'), said('n1', 'n4', 'reply', 100)],
      { ownNode: 'n4' },
    ],
    ['something answers in its place [A63]', [...silentAt('n2', 'n3'), said('n1', 'n2', 'refused', 300)]],
    [
      'a third opinion is wanted',
      silentAt('n2', 'n3'),
      { holders: new Map([['n1', { interval: 200, misses: 3, witnesses: 2 }]]) },
    ],
    ['nobody probes', silentAt('n2', 'n3'), { probing: false }],
  ])('is healthy while %s', (_why, evidence, rest = {}) => {
    expect(ofN1(evidence, rest)).toMatchObject({ verdict: 'healthy' })
  })

  it('is healthy while its Lease is renewed since', () => {
    const renewed = nodes.map((each) => (each.facts.name === 'n1' ? { ...each, leaseSeenAt: 1500 } : each))
    const late = input(2000, renewed, { holders, tracks: tracks(before, ...silentAt('n2', 'n3')) })
    expect(assessHealth(late).verdicts.get('n1')).toMatchObject({ verdict: 'healthy' })
  })

  it('counts those who have heard the machine of before as little as others', () => {
    const booted = nodes.map((each) => (each.facts.name === 'n1' ? { ...each, bootID: 'new' } : each))
    const old = said('n1', 'n3', 'reply', -100).map((evidence) => ({ ...evidence, bootID: 'old' }))
    const health = assessHealth(input(600, booted, { holders, tracks: tracks(before, old, ...silentAt('n2', 'n3')) }))
    expect(health.verdicts.get('n1')).toMatchObject({ verdict: 'healthy' })
  })
})
