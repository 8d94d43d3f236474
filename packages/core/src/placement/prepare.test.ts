import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place } from './place.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'
import { prepare, type PreparedPlacement, type Relocations } from './prepare.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { item, node } from './testing/fixture.ts'
import { type Choice, isValid, rate } from './testing/objective.ts'

type Change =
  | { readonly kind: 'lose' | 'removeNode' | 'removeItem'; readonly which: number }
  | { readonly kind: 'node'; readonly which: number; readonly node: PlacementNode }
  | { readonly kind: 'item'; readonly which: number; readonly item: PlacementItem }
  | { readonly kind: 'certify' }

const which = fc.nat(5)
const someInput = arbitraryInput({ items: 2, nodes: 2 })
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('lose' as const), which }) },
  fc.record({ kind: fc.constantFrom('removeNode' as const, 'removeItem' as const), which }),
  fc.tuple(someInput, which).map(([{ nodes, items }, index]): Change => {
    const [one, other] = [nodes[0], items[0]]
    if (other !== undefined) return { kind: 'item', which: index, item: other }
    return one === undefined ? { kind: 'certify' } : { kind: 'node', which: index, node: one }
  }),
  fc.constant<Change>({ kind: 'certify' }),
)

/** What the change makes of the input, and what the prepared placement makes of the change. */
function apply(input: PlacementInput, prepared: PreparedPlacement, one: Change): [PlacementInput, Relocations] {
  const { items, nodes } = input
  if (one.kind === 'certify') return [input, prepared.certify().relocations]
  const nodeName = nodes[one.which]?.name ?? 'a'
  const itemName = items[one.which]?.name ?? 'ip-0'
  const otherNodes = nodes.filter(({ name }) => name !== nodeName)
  const otherItems = items.filter(({ name }) => name !== itemName)
  switch (one.kind) {
    case 'lose': {
      const dead = nodes.map((was): PlacementNode => (was.name === nodeName ? { ...was, verdict: 'dead' } : was))
      return [{ ...input, nodes: dead }, prepared.nodeLost(nodeName)]
    }
    case 'removeNode':
      return [{ ...input, nodes: otherNodes }, prepared.nodeRemoved(nodeName)]
    case 'removeItem':
      return [{ ...input, items: otherItems }, prepared.itemRemoved(itemName)]
    case 'node': {
      const changed = { ...one.node, name: nodeName }
      return [{ ...input, nodes: [...otherNodes, changed] }, prepared.nodeChanged(changed)]
    }
    case 'item': {
      const changed = { ...one.item, name: itemName }
      return [{ ...input, items: [...otherItems, changed] }, prepared.itemChanged(changed)]
    }
  }
}

function choiceOf(input: PlacementInput, prepared: PreparedPlacement): Choice {
  return new Map(input.items.map(({ name }) => [name, prepared.nodeOf(name)]))
}

describe('a prepared placement', () => {
  test('keeps every rule at once, tells every relocation, and is as good as a fresh one once certified [A22]', () => {
    const scenario = fc.tuple(arbitraryInput({ items: 10, twinsRefused: false }), fc.array(change, { maxLength: 6 }))
    fc.assert(
      fc.property(scenario, ([start, changes]) => {
        const prepared = prepare(start)
        let input = start
        let known = choiceOf(input, prepared)
        for (const one of changes) {
          const [after, relocations] = apply(input, prepared, one)
          input = after
          const nodeNow = ({ name }: PlacementItem): string | null => {
            const relocated = relocations.get(name)
            return relocated === undefined ? (known.get(name) ?? null) : relocated
          }
          known = new Map(input.items.map((each) => [each.name, nodeNow(each)]))
          const choice = choiceOf(input, prepared)
          expect(isValid(input, choice)).toBe(true)
          expect(known).toEqual(choice)
        }
        expect(prepared.certify().certificate.proven).toBe(true)
        const fresh = new Map([...place(input).assignments].map(([name, assignment]) => [name, assignment.node]))
        const choice = choiceOf(input, prepared)
        expect(rate(input, choice, true)).toEqual(rate(input, fresh, true))
        const result = prepared.result()
        for (const [name, { node: chosen }] of result.assignments) expect(chosen).toBe(choice.get(name))
      }),
      { numRuns: 1000 },
    )
  })

  test('a lost node moves only what was on it; what others could gain waits for the certificate', () => {
    const items = Array.from({ length: 9 }, (_, index) => item(`ip-${index}`, 'abc'.charAt(index % 3)))
    const prepared = prepare({ items, nodes: [node('a'), node('b'), node('c')], now: 0 })
    const relocations = prepared.nodeLost('a')
    expect([...relocations.keys()].sort()).toEqual(['ip-0', 'ip-3', 'ip-6'])
    expect(prepared.result().certificate).toMatchObject({ proven: false, reason: 'Pending' })
    expect(prepared.certify()).toEqual({ relocations: new Map(), certificate: { proven: true, exchanges: 0 } })
    expect(prepared.nodeLost('a')).toEqual(new Map())
    expect(prepared.nodeLost('nobody')).toEqual(new Map())
  })
})
