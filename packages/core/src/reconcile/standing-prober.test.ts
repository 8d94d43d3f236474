import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { recordEvidence, type NodeTrack } from '../health/node-track.ts'
import { noProber, type ProbeEvidence, type ProbeTarget } from '../ports/prober.ts'
import { createStandingProber, type StandingProber } from './standing-prober.ts'

const target = (node: string, interval = 2000, address = `10.0.0.${node}`): ProbeTarget => ({ node, address, interval })
const reply: ProbeEvidence = { node: 'a', vantage: 'leader', kind: 'reply', at: 10, sentAt: 9, bootID: 'one' }
const silence: ProbeEvidence = { node: 'a', vantage: 'leader', kind: 'silence', at: 2200, sentAt: 2000 }
let now: number
let watched: readonly ProbeTarget[]
let hear: (evidence: ProbeEvidence) => void
let standing: StandingProber

beforeEach(() => {
  now = 0
  watched = []
  standing = createStandingProber(
    {
      ...noProber,
      watch: (targets) => void (watched = targets),
      listen: (listener) => ((hear = listener), () => undefined),
    },
    { monotonic: () => now },
  )
})

/** A term: what its engine hears, and how it ends. */
function lead(targets: readonly ProbeTarget[]) {
  const heard: ProbeEvidence[] = []
  const leave = standing.listen((evidence) => heard.push(evidence))
  standing.watch(targets)
  return { heard, end: () => (leave(), standing.watch([])) }
}

test('probes for the engine while one listens, and on its own before and after', () => {
  standing.standBy([target('a')])
  expect(watched).toEqual([target('a')])
  const term = lead([target('a', 200), target('b')])
  standing.standBy([target('b')])
  expect(watched).toEqual([target('a', 200), target('b')])
  term.end()
  expect(watched).toEqual([target('b')])
})

test('a new term is told at once of the last proof of life and of the silence since [A43]', () => {
  standing.standBy([target('a')])
  for (const evidence of [reply, silence, { ...silence, sentAt: 4000, at: 4200 }]) hear(evidence)
  const { heard } = lead([target('a', 200)])
  expect(heard.map(({ kind, sentAt, at, bootID }) => [kind, sentAt, at, bootID])).toEqual([
    ['reply', 10, 10, 'one'],
    ['silence', 2000, 4200, undefined],
    ['silence', 2000, 4200, undefined],
  ])
  standing.watch([target('a', 200)])
  hear({ ...silence, sentAt: 5000, at: 5200 })
  expect(heard).toHaveLength(4)
})

test('what was heard in one term counts in the next one, but not of a node that was not probed in between', () => {
  standing.standBy([target('a')])
  const first = lead([target('a', 200), target('b')])
  hear(reply)
  hear({ ...reply, node: 'b' })
  first.end()
  expect(lead([target('a'), target('b')]).heard).toMatchObject([{ node: 'a', kind: 'reply' }])
})

test('another address is another path, and what others hear is none', () => {
  standing.standBy([target('a'), target('b')])
  hear(reply)
  hear({ ...reply, node: 'b', vantage: 'a' })
  now = 5000
  standing.standBy([target('a', 2000, '10.0.0.9'), target('b')])
  expect([...standing.paths.values()].map(({ since, heard }) => [since, heard])).toEqual([
    [5000, undefined],
    [0, undefined],
  ])
  expect(lead([target('a', 2000, '10.0.0.9'), target('b')]).heard).toEqual([])
})

test('a term concludes from what it is told the same as from all that was heard', () => {
  const evidence = fc.record({
    node: fc.constant('a'),
    vantage: fc.constant('leader'),
    kind: fc.constantFrom<ProbeEvidence['kind']>('reply', 'silence', 'silence', 'refused'),
    sentAt: fc.nat(1000),
    took: fc.nat(200),
  })
  fc.assert(
    fc.property(fc.array(evidence, { maxLength: 30 }), (given) => {
      standing.standBy([])
      standing.standBy([target('a')])
      const fold = (all: readonly ProbeEvidence[]): NodeTrack | undefined =>
        all.reduce<NodeTrack | undefined>(recordEvidence, undefined)
      const all = given.map(({ took, ...rest }): ProbeEvidence => ({ ...rest, at: rest.sentAt + took }))
      for (const each of all) hear(each)
      const term = lead([target('a')])
      const conclusion = (track: NodeTrack | undefined) => {
        const leader = track?.vantages.get('leader')
        return [
          leader?.provenAt !== undefined,
          leader?.lastReplyAt,
          leader?.lastHintAt,
          leader?.silentSince,
          leader?.misses,
        ]
      }
      expect(conclusion(fold(term.heard))).toEqual(conclusion(fold(all)))
      term.end()
    }),
  )
})

test('the longest silence of a path is that between two answers in the rhythm of now', () => {
  const longest = (): number | undefined => standing.paths.get('a')?.longestSilence
  const answerAt = (at: number): void => hear({ ...reply, sentAt: at - 1, at })
  standing.standBy([target('a')])
  answerAt(1000)
  expect(longest()).toBe(0)
  answerAt(3500)
  hear({ ...silence, sentAt: 5000, at: 5200 })
  answerAt(5500)
  expect(longest()).toBe(2500)
  now = 6000
  lead([target('a', 200)])
  expect(longest()).toBe(0)
  answerAt(6300)
  standing.watch([target('a', 200)])
  answerAt(6700)
  answerAt(6900)
  expect(longest()).toBe(400)
})
