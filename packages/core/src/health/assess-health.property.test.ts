import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeState } from '../domain/node.ts'
import type { ProbeEvidence } from '../ports/prober.ts'
import { assessHealth } from './assess-health.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import { input, node, tracks } from './testing/evidence.ts'
import { leaderVantage } from './vantage.ts'
import type { Health } from './verdict.ts'

const names = ['n1', 'n2', 'n3', 'n4']
const end = 60_000
const time = fc.integer({ min: 0, max: end })

const nodeState: fc.Arbitrary<Partial<NodeState>> = fc.record(
  {
    ready: fc.constantFrom('True', 'False', 'Unknown'),
    leaseSeenAt: time,
    bootID: fc.constantFrom('a', 'b'),
    unschedulable: fc.boolean(),
    networkUnavailable: fc.boolean(),
    taints: fc.subarray([{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' as const }]),
  },
  { requiredKeys: [] },
)

const evidence: fc.Arbitrary<ProbeEvidence> = fc
  .record({
    node: fc.constantFrom(...names),
    vantage: fc.constantFrom(leaderVantage, leaderVantage, ...names),
    kind: fc.constantFrom('reply', 'silence', 'silence', 'refused'),
    sentAt: fc.integer({ min: end - 8_000, max: end - 200 }),
    boot: fc.option(fc.constantFrom('a', 'b'), { nil: undefined, freq: 4 }),
  })
  .map(({ boot, ...rest }) => ({
    ...rest,
    at: rest.sentAt + 150,
    ...(boot === undefined || rest.kind !== 'reply' ? {} : { bootID: boot }),
  }))

const live = fc.record({
  at: time,
  node: fc.oneof(
    fc.constant({ kind: 'gone' as const }),
    fc.record({
      kind: fc.constant('present' as const),
      uid: fc.constantFrom('uid-n1', 'uid-n2', 'other'),
      ready: fc.constantFrom('True', 'False', 'Unknown'),
      leaseRenewed: fc.constantFrom(true, false, undefined),
    }),
  ),
})

const byName = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<ReadonlyMap<string, Value>> =>
  fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 }).map((entries) => new Map(entries))

const scene: fc.Arbitrary<HealthInput> = fc
  .record({
    states: fc.array(nodeState, { minLength: 1, maxLength: names.length }),
    heard: fc.array(evidence, { maxLength: 60 }),
    holders: byName(
      fc.record({
        interval: fc.constantFrom(200, 1_000),
        misses: fc.integer({ min: 1, max: 4 }),
        witnesses: fc.nat(2),
      }),
    ),
    probing: fc.boolean(),
    kubernetes: fc.boolean(),
    serverStates: byName(fc.record({ state: fc.constantFrom('running', 'stopped'), at: time })),
    liveNodes: byName(live),
  })
  .map(({ states, heard, ...rest }) =>
    input(
      end,
      states.map((state, index) => node(`n${index + 1}`, state)),
      { ...rest, tracks: tracks(heard) },
    ),
  )

const outcome = ({ verdicts, questions, brake }: Health): unknown => ({ verdicts, questions, brake })

const reversed = <Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> => new Map([...map].reverse())

describe('any evidence', () => {
  it('gives every node one verdict, in any order of the input [A23]', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const health = assessHealth(given)
        expect([...health.verdicts.keys()]).toEqual(given.nodes.map(({ facts }) => facts.name))
        const permuted = assessHealth({
          ...given,
          nodes: [...given.nodes].reverse(),
          holders: reversed(given.holders),
          serverStates: reversed(given.serverStates),
          liveNodes: reversed(given.liveNodes),
          tracks: new Map(
            [...given.tracks].reverse().map(([name, { vantages }]) => [name, { vantages: reversed(vantages) }]),
          ),
        })
        expect(permuted).toEqual(health)
        expect([...permuted.verdicts.keys()]).toEqual([...health.verdicts.keys()])
      }),
    )
  })

  it('holds until it says to look again, and is due then', () => {
    fc.assert(
      fc.property(scene, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (given, part) => {
        const now = assessHealth(given)
        const { lookAgainAt = end + 10_000_000 } = now
        expect(lookAgainAt).toBeGreaterThan(end)
        const settled = assessHealth({ ...given, previous: now.verdicts })
        const later = end + Math.floor((lookAgainAt - end) * part)
        const then = assessHealth({ ...given, now: later, previous: settled.verdicts })
        expect(outcome(then)).toEqual(outcome(settled))
      }),
      { numRuns: 500 },
    )
  })

  it('never calls a node dead that somebody hears since the silence began', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const health = assessHealth({ ...given, probing: true })
        for (const [name, { verdict, reason }] of health.verdicts) {
          const track = given.tracks.get(name)
          const since = track?.vantages.get(leaderVantage)?.silentSince ?? Number.NEGATIVE_INFINITY
          const heard = [...(track?.vantages ?? [])].some(
            ([vantage, { silentSince, lastReplyAt }]) =>
              (vantage === leaderVantage || (vantage !== name && health.verdicts.has(vantage))) &&
              silentSince === undefined &&
              lastReplyAt !== undefined &&
              lastReplyAt >= since &&
              lastReplyAt > end - healthDefaults.replyCountsFor,
          )
          if (heard && reason !== 'ServerStopped') expect(verdict).not.toBe('dead')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('calls no node dead while nobody is heard and the cloud says nothing [A36]', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const deaf = [...given.tracks].map(([name, { vantages }]) => {
          const leader = vantages.get(leaderVantage)
          return [
            name,
            {
              vantages: new Map(leader === undefined ? [] : [[leaderVantage, { ...leader, lastReplyAt: end - 9_000 }]]),
            },
          ] as const
        })
        const nodes = given.nodes.map((state) => ({ ...state, ready: 'Unknown' as const, taints: [], leaseSeenAt: 0 }))
        const health = assessHealth({ ...given, nodes, tracks: new Map(deaf), serverStates: new Map() })
        for (const { verdict } of health.verdicts.values()) expect(verdict).not.toBe('dead')
      }),
      { numRuns: 300 },
    )
  })

  it('lets time run forwards', () => {
    fc.assert(
      fc.property(scene, scene, (first, second) => {
        const before = assessHealth(first)
        const after = assessHealth({ ...second, now: end + 100_000, previous: before.verdicts })
        for (const [name, verdict] of after.verdicts) {
          const earlier = before.verdicts.get(name)
          expect(verdict.since).toBeGreaterThanOrEqual(earlier?.since ?? 0)
          expect(verdict.lastAliveAt ?? 0).toBeGreaterThanOrEqual(earlier?.lastAliveAt ?? 0)
        }
      }),
    )
  })

  it('calls a node alive as soon as it answers again', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const answered = names.flatMap((name) => [
          { node: name, vantage: leaderVantage, kind: 'reply' as const, sentAt: end - 1, at: end },
        ])
        const health = assessHealth({
          ...given,
          probing: true,
          serverStates: new Map(),
          tracks: tracks(answered),
          previous: assessHealth(given).verdicts,
        })
        for (const { verdict } of health.verdicts.values()) expect(verdict).not.toBe('dead')
      }),
    )
  })
})
