import { expect, it } from 'vitest'
import { isRoutine, recordEvidence, type NodeTrack } from './node-track.ts'
import { patience, said, tracks } from './testing/evidence.ts'
import type { ProbeEvidence } from '../ports/prober.ts'

const fold = (...evidence: readonly (readonly ProbeEvidence[])[]): NodeTrack['vantages'] =>
  evidence.flat().reduce<NodeTrack | undefined>(recordEvidence, undefined)?.vantages ?? new Map()

it('counts misses from the first silent probe, by vantage point', () => {
  const heard = fold(
    said('n1', 'leader', 'reply', 0),
    said('n1', 'leader', 'silence', 200, 400),
    said('n1', 'n2', 'reply', 0),
  )
  expect(heard.get('leader')).toMatchObject({ silentSince: 200, misses: 2, provenAt: 1, reportedAt: 400 + patience })
  expect(heard.get('n2')).toMatchObject({ silentSince: undefined, misses: 0 })
})

it('forgets silence at a reply', () => {
  const [track] = tracks(said('n1', 'leader', 'silence', 0, 200), said('n1', 'leader', 'reply', 400)).values()
  expect(track?.vantages.get('leader')).toMatchObject({ silentSince: undefined, misses: 0, lastReplyAt: 401 })
})

it('keeps silence that began after a reply which arrives late', () => {
  const heard = fold(said('n1', 'leader', 'silence', 200), said('n1', 'leader', 'reply', 0))
  expect(heard.get('leader')).toMatchObject({ silentSince: 200, misses: 1, lastReplyAt: 1, provenAt: 1 })
})

it('ignores a silence that a later reply has answered', () => {
  const heard = fold(said('n1', 'leader', 'reply', 300), said('n1', 'leader', 'silence', 200))
  expect(heard.get('leader')).toMatchObject({ silentSince: undefined, misses: 0 })
})

it('takes the first of several silent probes, in whichever order they are reported', () => {
  expect(fold(said('n1', 'n2', 'silence', 400, 200)).get('n2')).toMatchObject({ silentSince: 200, misses: 2 })
})

it('proves a path anew after a reboot', () => {
  const boot = (bootID: string, sentAt: number): readonly ProbeEvidence[] =>
    said('n1', 'leader', 'reply', sentAt).map((reply) => ({ ...reply, bootID }))
  expect(fold(boot('a', 0), boot('a', 200), boot('b', 400)).get('leader')).toMatchObject({ provenAt: 401, bootID: 'b' })
  expect(fold(boot('b', 400), boot('a', 200)).get('leader')).toMatchObject({ provenAt: 401, bootID: 'b' })
})

it('proves the path of a witness anew after a reboot of the witness', () => {
  const from = (vantageBootID: string, kind: ProbeEvidence['kind'], ...sentAt: readonly number[]) =>
    said('n1', 'n2', kind, ...sentAt).map((evidence) => ({ ...evidence, vantageBootID }))
  const before = [from('a', 'reply', 0), from('a', 'silence', 200)]
  expect(fold(...before).get('n2')).toMatchObject({ provenAt: 1, misses: 1, vantageBootID: 'a' })
  const silent = [...before, from('b', 'silence', 400, 600)]
  expect(fold(...silent).get('n2')).toMatchObject({ provenAt: undefined, silentSince: 400, vantageBootID: 'b' })
  expect(fold(...silent, from('b', 'reply', 800), from('b', 'silence', 1000)).get('n2')).toMatchObject({
    provenAt: 801,
    silentSince: 1000,
  })
})

it('takes the first silence at a witness that has booted for news, also of a node that is dead', () => {
  const from = (vantageBootID: string): readonly ProbeEvidence[] =>
    said('n1', 'n2', 'silence', 200).map((evidence) => ({ ...evidence, vantageBootID }))
  const before = fold(said('n1', 'n2', 'reply', 0), from('a')).get('n2')
  expect([...from('a'), ...from('b')].map((evidence) => isRoutine(evidence, before, 'dead'))).toEqual([true, false])
})

it('does not take hints for life', () => {
  const heard = fold(
    said('n1', 'leader', 'silence', 0),
    said('n1', 'leader', 'refused', 200),
    said('n1', 'leader', 'handshake', 400),
  )
  expect(heard.get('leader')).toMatchObject({
    silentSince: 0,
    provenAt: undefined,
    lastHintAt: 401,
    lastReplyAt: undefined,
  })
})
