import fc from 'fast-check'
import type { NodePreference, SpreadRule } from '../../domain/failover-ip.ts'
import type { Eligibility, PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'
import { anywhere, node } from './fixture.ts'

const nodeNames = ['a', 'b', 'c', 'd'] as const
const locations = ['x', 'y'] as const
const rankOf = { healthy: 0, suspect: 1, leaving: 2, unfit: 3, dead: 9 } as const

export interface Shape {
  readonly items?: number
  readonly nodes?: number
  /** Sizes that come up; the default is one, so that the answer can be exact. */
  readonly slots?: readonly number[]
  /** Whether members of a group with a limit per zone may be refused nodes, which then are refused to all of them. */
  readonly twinsRefused?: boolean
}

/** Narrow on purpose: few slots, zones and priorities, so that items stand in each other's way. */
export function arbitraryInput({
  items = 6,
  nodes = 4,
  slots = [1],
  twinsRefused = true,
}: Shape = {}): fc.Arbitrary<PlacementInput> {
  return fc
    .tuple(
      fc.array(arbitraryNode(slots), { minLength: nodes === 0 ? 0 : 1, maxLength: nodes }),
      fc.array(arbitraryItem(slots), { maxLength: items }),
      arbitraryTwins,
    )
    .map(([someNodes, someItems, twins]) => ({
      now: 1000,
      nodes: someNodes.map((one, index) => ({ ...one, name: nodeNames[index] ?? `${index}` })),
      items: someItems.map((one, index) => ({
        ...one,
        ...(one.spread?.group === 'twins' ? twins : {}),
        ...(one.spread?.group === 'twins' && !twinsRefused ? { refusals: [] } : {}),
        name: `ip-${index}`,
      })),
    }))
}

function arbitraryNode(slots: readonly number[]): fc.Arbitrary<PlacementNode> {
  const unit = Math.max(...slots)
  return fc
    .record({
      verdict: fc.constantFrom('healthy', 'healthy', 'healthy', 'suspect', 'leaving', 'unfit', 'dead'),
      unstable: fc.boolean(),
      location: fc.constantFrom(...locations),
      zone: fc.constantFrom(undefined, undefined, 'z'),
      capacity: fc.constantFrom(null, 0, 1, 1, 2, 3),
      rest: fc.nat(unit - 1),
      role: fc.constantFrom('edge', 'inner'),
      fast: fc.constantFrom('yes', 'no'),
      taint: fc.constantFrom('none', 'none', 'none', 'PreferNoSchedule', 'NoSchedule', 'NoExecute'),
      healthySince: fc.constantFrom(undefined, 500, 950),
    } as const)
    .map(({ verdict, unstable, location, zone, capacity, rest, role, fast, taint, healthySince }) =>
      node('', {
        verdict,
        rank: rankOf[verdict],
        unstable,
        labels: { role, fast },
        taints: taint === 'none' ? [] : [{ key: 'dedicated', effect: taint }],
        ...(zone === undefined ? {} : { zone }),
        ...(healthySince === undefined ? {} : { healthySince }),
        server: { location, capacity: capacity === null ? null : capacity * unit + rest },
      }),
    )
}

const eligibilities: readonly Eligibility[] = [
  anywhere,
  anywhere,
  { ...anywhere, location: 'x' },
  { ...anywhere, location: 'y' },
  { ...anywhere, nodeSelector: { role: 'edge' } },
]

const preferences: readonly (readonly NodePreference[])[] = [
  [],
  [],
  [{ weight: 10, nodeSelector: { fast: 'yes' } }],
  [
    { weight: 30, nodeSelector: { role: 'inner' } },
    { weight: 20, nodeSelector: { fast: 'yes' } },
  ],
]

/** `twins`: a group whose members are made alike, so that it may have a limit per zone. */
const spreads: readonly (SpreadRule | undefined)[] = [
  undefined,
  undefined,
  undefined,
  { group: 'pair', maxPerNode: 1 },
  { group: 'pair', maxPerNode: 2 },
  { group: 'twins', maxPerZone: 1 },
  { group: 'twins', maxPerZone: 2, maxPerNode: 1 },
]

const arbitraryTwins: fc.Arbitrary<Pick<PlacementItem, 'priority' | 'eligibility' | 'preferences'>> = fc.record({
  priority: fc.constantFrom(0, 1),
  eligibility: fc.constantFrom(...eligibilities),
  preferences: fc.constantFrom(...preferences),
})

function arbitraryItem(slots: readonly number[]): fc.Arbitrary<PlacementItem> {
  return fc
    .record({
      name: fc.constant(''),
      home: fc.constantFrom(null, 'gone', ...nodeNames, ...nodeNames),
      homeHeld: fc.constantFrom(false, false, true),
      priority: fc.constantFrom(0, 0, 1, 5),
      eligibility: fc.constantFrom(...eligibilities),
      slots: fc.constantFrom(...slots),
      preferences: fc.constantFrom(...preferences),
      spread: fc.constantFrom(...spreads),
      failback: fc.constantFrom(undefined, undefined, { delay: 0 }, { delay: 100 }),
      refusals: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        fc.array(fc.record({ node: fc.constantFrom(...nodeNames), until: fc.constantFrom(500, 2000) }), {
          maxLength: 2,
        }),
      ),
    })
    .map(({ spread, failback, ...item }) => ({
      ...item,
      ...(spread === undefined ? {} : { spread }),
      ...(failback === undefined ? {} : { failback }),
    }))
}
