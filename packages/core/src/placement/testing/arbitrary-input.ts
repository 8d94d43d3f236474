import fc from 'fast-check'
import type { Eligibility, PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'
import { anywhere, node } from './fixture.ts'

const nodeNames = ['a', 'b', 'c', 'd'] as const
const locations = ['x', 'y'] as const
const rankOf = { healthy: 0, suspect: 1, leaving: 2, unfit: 3, dead: 9 } as const

/** Narrow on purpose: few slots, zones and priorities, so that items stand in each other's way. */
export function arbitraryInput({ items = 6, nodes = 4 } = {}): fc.Arbitrary<PlacementInput> {
  return fc
    .tuple(
      fc.array(arbitraryNode, { minLength: nodes === 0 ? 0 : 1, maxLength: nodes }),
      fc.array(arbitraryItem, { maxLength: items }),
    )
    .map(([someNodes, someItems]) => ({
      now: 1000,
      nodes: someNodes.map((one, index) => ({ ...one, name: nodeNames[index] ?? `${index}` })),
      items: someItems.map((one, index) => ({ ...one, name: `ip-${index}` })),
    }))
}

const arbitraryNode: fc.Arbitrary<PlacementNode> = fc
  .record({
    verdict: fc.constantFrom('healthy', 'healthy', 'healthy', 'suspect', 'leaving', 'unfit', 'dead'),
    unstable: fc.boolean(),
    location: fc.constantFrom(...locations),
    capacity: fc.constantFrom(null, 0, 1, 1, 2, 3),
    role: fc.constantFrom('edge', 'inner'),
    taint: fc.constantFrom('none', 'none', 'PreferNoSchedule', 'NoSchedule', 'NoExecute'),
  } as const)
  .map(({ verdict, unstable, location, capacity, role, taint }) =>
    node('', {
      verdict,
      rank: rankOf[verdict],
      unstable,
      labels: { role },
      taints: taint === 'none' ? [] : [{ key: 'dedicated', effect: taint }],
      server: { location, capacity },
    }),
  )

const eligibilities: readonly Eligibility[] = [
  anywhere,
  anywhere,
  { ...anywhere, location: 'x' },
  { ...anywhere, location: 'y' },
  { ...anywhere, nodeSelector: { role: 'edge' } },
]

const arbitraryItem: fc.Arbitrary<PlacementItem> = fc.record({
  name: fc.constant(''),
  home: fc.constantFrom(null, 'gone', ...nodeNames, ...nodeNames),
  homeHeld: fc.constantFrom(false, false, true),
  priority: fc.constantFrom(0, 0, 1, 5),
  eligibility: fc.constantFrom(...eligibilities),
  refusals: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.record({ node: fc.constantFrom(...nodeNames), until: fc.constantFrom(500, 2000) }), { maxLength: 2 }),
  ),
})
