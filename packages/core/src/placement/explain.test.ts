import fc from 'fast-check'
import { expect, test } from 'vitest'
import { explain } from './explain.ts'
import { place } from './place.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { anywhere, item, node } from './testing/fixture.ts'

const tainted = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] as const
const nodes = [
  node('dead', { verdict: 'dead', rank: 9, labels: { edge: 'yes' } }),
  node('elsewhere', { server: { location: 'nl-ams-1' } }),
  node('full', { labels: { edge: 'yes' }, server: { capacity: 0 } }),
  node('leaving', { verdict: 'leaving', rank: 2, labels: { edge: 'yes' } }),
  node('plain'),
  node('refused', { labels: { edge: 'yes' } }),
  node('stranger', { accounts: new Map() }),
  node('suspect', { verdict: 'suspect', rank: 1, labels: { edge: 'yes' } }),
  node('tainted', { labels: { edge: 'yes' }, taints: tainted }),
  node('twin', { labels: { edge: 'yes' } }),
  node('unfit', { verdict: 'unfit', rank: 3, labels: { edge: 'yes' } }),
  node('unstable', { labels: { edge: 'yes' }, unstable: true }),
  node('here', { labels: { edge: 'yes' } }),
]
const web = item('web', 'here', {
  eligibility: { ...anywhere, location: 'fr-par-1', nodeSelector: { edge: 'yes' } },
  refusals: [{ node: 'refused', until: 60_000 }],
})

test('names the first rule that rejected each other node [A12] [A13]', () => {
  const explanation = explain({ items: [web], nodes, now: 0 }, 'web')
  expect(explanation?.assignment.node).toBe('here')
  const sentences = Object.fromEntries(explanation?.rejections.map((one) => [one.node, [one.code, one.message]]) ?? [])
  expect(sentences).toEqual({
    dead: ['Dead', 'dead is dead.'],
    elsewhere: ['WrongLocation', 'elsewhere is in nl-ams-1, the addresses can only go to fr-par-1.'],
    full: ['NoFreeSlot', 'full has no slot.'],
    leaving: ['Leaving', 'leaving is about to leave.'],
    plain: ['SelectorMismatch', 'plain does not have the label edge=yes.'],
    refused: ['RefusedByProvider', 'The provider refused refused; it is asked again at 1970-01-01T00:01:00.000Z.'],
    stranger: ['NoServer', 'The account main knows no server behind stranger.'],
    suspect: ['WorseHealth', 'suspect is in worse health than here.'],
    tainted: ['TaintNotTolerated', 'The taint dedicated=db:NoSchedule of tainted is not tolerated.'],
    twin: ['HomeIsFit', 'It is at here already, which is fit.'],
    unfit: ['Unfit', 'unfit is alive, but not fit to serve.'],
    unstable: ['Unstable', 'unstable failed lately, here did not.'],
  })
})

test('tells load from the tie-break', () => {
  const codes = (items: readonly ReturnType<typeof item>[]): unknown =>
    explain({ items, nodes: [node('a'), node('b')], now: 0 }, 'new')?.rejections.map(({ code }) => code)
  expect(codes([item('new'), item('old', 'a')])).toEqual(['MoreLoaded'])
  expect(codes([item('new')])).toEqual(['TieBreak'])
})

test('says of full nodes that they are full, before it names those that could never serve [A12] [A18]', () => {
  const here = { ...anywhere, location: 'fr-par-1' }
  const wide = item('wide', null, { slots: 2, eligibility: here })
  const all = [
    node('a', { server: { location: 'nl-ams-1' } }),
    node('b', { server: { capacity: 1 } }),
    node('c', { server: { capacity: 2 } }),
  ]
  const held = [item('one', 'c', { eligibility: here }), item('two', 'c', { eligibility: here })]
  expect(
    explain({ items: [wide, ...held], nodes: all, now: 0 }, 'wide')?.rejections.map(({ message }) => message),
  ).toEqual([
    'b has 1 of 1 slots free; it takes 2.',
    'c is full: it has 2 slots, and all are taken.',
    'a is in nl-ams-1, the addresses can only go to fr-par-1.',
  ])
})

test('knows nothing of an item that is not there', () => {
  expect(explain({ items: [web], nodes, now: 0 }, 'mail')).toBeUndefined()
})

test('agrees with place, and rejects every other node exactly once', () => {
  fc.assert(
    fc.property(arbitraryInput({ items: 8 }), (input) => {
      const { assignments } = place(input)
      for (const { name } of input.items) {
        const explanation = explain(input, name)
        expect(explanation?.assignment).toEqual(assignments.get(name))
        const rejected = explanation?.rejections.map(({ node: rejectedNode }) => rejectedNode).sort()
        const others = input.nodes.map((one) => one.name).filter((one) => one !== explanation?.assignment.node)
        expect(rejected).toEqual(others)
      }
    }),
    { numRuns: 300 },
  )
})
