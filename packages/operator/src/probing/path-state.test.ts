import { recordEvidence, type ProbeEvidence, type ProbePath } from '@failover-ip/core'
import { expect, test } from 'vitest'
import { describePath, pathState } from './path-state.ts'

/** What was heard of a node that is probed since 0: kind and time. */
function pathOf(...heard: readonly (readonly [ProbeEvidence['kind'], number])[]): ProbePath {
  const evidence = heard.map(([kind, at]): ProbeEvidence => ({
    node: 'node-1',
    vantage: 'leader',
    kind,
    at,
    sentAt: at,
  }))
  let track: ReturnType<typeof recordEvidence> | undefined
  for (const each of evidence) track = recordEvidence(track, each)
  const target = { node: 'node-1', address: '10.0.0.1', interval: 200 }
  return { target, since: 0, rhythmSince: 0, longestSilence: 0, heard: track?.vantages.get('leader') }
}

test.each([
  ['unproven', []],
  ['unproven', [['silence', 1]]],
  ['unproven', [['refused', 1]]],
  ['proven', [['reply', 1]]],
  [
    'proven',
    [
      ['reply', 1],
      ['silence', 2],
    ],
  ],
  [
    'silent',
    [
      ['reply', 1],
      ['silence', 2],
      ['silence', 3],
    ],
  ],
  [
    'proven',
    [
      ['silence', 2],
      ['silence', 3],
      ['reply', 4],
    ],
  ],
] as const)('is %s after %j', (state, heard) => {
  expect(pathState(pathOf(...heard), 4)).toBe(state)
})

test.each([
  ['an answer', [['reply', 1]]],
  [
    'an answer and a lost packet',
    [
      ['reply', 0],
      ['silence', 1],
    ],
  ],
  [
    'a silence',
    [
      ['reply', 0],
      ['silence', 1],
      ['silence', 1],
    ],
  ],
] as const)(
  'is unproven, and said to be, when ten seconds after %s the own machine still refuses to send',
  (_, heard) => {
    const path = pathOf(...heard)
    expect(pathState(path, 10_000)).not.toBe('unproven')
    expect(pathState(path, 10_001)).toBe('unproven')
    expect(describePath(path, 10_001).problem).toContain('refuses its packets')
  },
)

test('is proven for as long as probes that are far between are answered', () => {
  const path = { ...pathOf(['reply', 1]), target: { node: 'node-1', address: '10.0.0.1', interval: 60_000 } }
  expect(pathState(path, 60_001)).toBe('proven')
  expect(describePath(path, 60_001).problem).toBeUndefined()
})

test.each([
  [
    'could not be probed at 10.0.0.1: the log of this operator says whether its probe key cannot be used; else allow it to open UDP sockets',
    [],
  ],
  ['does not answer probes at 10.0.0.1: open their UDP port between all nodes', [['silence', 9000]]],
  ['lives at 10.0.0.1, but no agent answers probes there', [['refused', 9000]]],
  [
    'lives at 10.0.0.1, but no agent answers probes there',
    [
      ['reply', 0],
      ['handshake', 9000],
    ],
  ],
  ["is not probed at 10.0.0.1 any more: this operator's own machine refuses its packets", [['reply', 0]]],
] as const)('after ten seconds it is said that node-1 %s', (problem, heard) => {
  expect(describePath(pathOf(...heard), 9999).problem).toBeUndefined()
  expect(describePath(pathOf(...heard), 10_000)).toEqual({
    node: 'node-1',
    address: '10.0.0.1',
    problem: expect.stringContaining(`Node node-1 ${problem}`),
  })
})

test('a node that has answered, and of which nothing is heard any more, is for the verdict', () => {
  const gone = pathOf(['reply', 0], ['refused', 1000], ['silence', 2000], ['silence', 60_000])
  expect(describePath(gone, 60_000).problem).toBeUndefined()
})
