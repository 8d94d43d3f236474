import fc from 'fast-check'
import type { NodePreference, SpreadRule } from '../../domain/failover-ip.ts'
import type { Taint } from '../../domain/node.ts'
import type { Verdict } from '../../health/verdict.ts'
import type { Eligibility, PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'
import { anywhere, item, node } from './fixture.ts'

const nodeNames = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const locations = ['x', 'y'] as const
const rankOf = { healthy: 0, suspect: 1, leaving: 2, unfit: 3, dead: 9 } as const

/** What an input is made of. Lists are what is chosen from, so what comes twice in them comes up twice as often. */
export interface Shape {
  readonly items: number
  /** At most eight. */
  readonly nodes: number
  /** Sizes of items; with one only, the answer can be exact. */
  readonly slots: readonly number[]
  readonly capacities: readonly (number | null)[]
  readonly verdicts: readonly Verdict[]
  readonly unstable: readonly boolean[]
  readonly taints: readonly ('none' | Taint['effect'])[]
  /** What a spread counts as zones; `undefined`: the location. */
  readonly zones: readonly (string | undefined)[]
  readonly priorities: readonly number[]
  readonly eligibilities: readonly Eligibility[]
  readonly preferences: readonly (readonly NodePreference[])[]
  readonly spreads: readonly (SpreadRule | undefined)[]
  readonly failbacks: readonly (PlacementItem['failback'] | undefined)[]
  /** Of five items, how many have no home for sure. */
  readonly homeless: number
  /** Of five items, how many may have been refused nodes. */
  readonly refused: number
  /** Whether members of a group with a limit per zone may be refused nodes, which may make the answer unproven. */
  readonly twinsRefused: boolean
  /** Whether these may have a failback, which is not weighed with the others' places. */
  readonly twinsFailBack: boolean
  /** Whether there are servers of another account, items that nobody can place, and a group that is refused by name. */
  readonly strays: boolean
}

const edge = { role: 'edge' }
const inner = { role: 'inner' }
export const role: { readonly edge: typeof edge; readonly inner: typeof inner } = { edge, inner }
const fast = { fast: 'yes' } as const

export const preferring: readonly (readonly NodePreference[])[] = [
  [{ weight: 10, nodeSelector: fast }],
  [
    { weight: 30, nodeSelector: role.inner },
    { weight: 20, nodeSelector: fast },
  ],
]

/** `twins`: a group whose members are made alike, so that it may have a limit per zone. */
export const spreading: readonly SpreadRule[] = [
  { group: 'pair', maxPerNode: 1 },
  { group: 'pair', maxPerNode: 2 },
  { group: 'twins', maxPerZone: 1 },
  { group: 'twins', maxPerZone: 2, maxPerNode: 1 },
]

const eligibilities: readonly Eligibility[] = [
  anywhere,
  anywhere,
  { ...anywhere, location: 'x' },
  { ...anywhere, location: 'y' },
  { ...anywhere, nodeSelector: role.edge },
]

/** Narrow on purpose: few slots, zones and priorities, so that items stand in each other's way. */
const narrow: Shape = {
  items: 6,
  nodes: 4,
  slots: [1],
  capacities: [null, 0, 1, 1, 2, 3],
  verdicts: ['healthy', 'healthy', 'healthy', 'suspect', 'leaving', 'unfit', 'dead'],
  unstable: [false, true],
  taints: ['none', 'none', 'none', 'PreferNoSchedule', 'NoSchedule', 'NoExecute'],
  zones: [undefined, undefined, 'z'],
  priorities: [0, 0, 1, 5],
  eligibilities,
  preferences: [[], [], ...preferring],
  spreads: [undefined, undefined, undefined, ...spreading],
  failbacks: [undefined, undefined, { delay: 0 }, { delay: 100 }],
  homeless: 0,
  refused: 1,
  twinsRefused: true,
  twinsFailBack: false,
  strays: false,
}

export function arbitraryInput(some: Partial<Shape> = {}): fc.Arbitrary<PlacementInput> {
  const shape = { ...narrow, ...some }
  return fc
    .record({
      nodes: fc.array(arbitraryNode(shape), { minLength: 1, maxLength: shape.nodes }),
      items: fc.array(arbitraryItem(shape), { maxLength: shape.items }),
      twins: arbitraryTwins(shape),
      strays: fc.subarray(shape.strays ? [...strays] : []),
    })
    .map(({ nodes, items, twins, strays: some }) => ({
      now: 1000,
      nodes: nodes.map((one, index) => ({ ...one, name: nodeNames[index] ?? '' })),
      items: [
        ...items.map((one, index) => ({
          ...(one.spread?.group === 'twins' ? { ...asTwin(one, shape), ...twins } : one),
          name: `ip-${index}`,
        })),
        ...some.filter((ones) => ones !== tornItems || mayChooseZone(nodes)).flat(),
      ],
    }))
}

function asTwin({ failback, refusals = [], ...rest }: PlacementItem, shape: Shape): PlacementItem {
  return {
    ...rest,
    refusals: shape.twinsRefused ? refusals : [],
    ...(failback !== undefined && shape.twinsFailBack ? { failback } : {}),
  }
}

function arbitraryNode({
  slots,
  capacities,
  verdicts,
  unstable,
  taints,
  zones,
  strays,
}: Shape): fc.Arbitrary<PlacementNode> {
  const unit = Math.max(...slots)
  return fc
    .record({
      verdict: fc.constantFrom(...verdicts),
      unstable: fc.constantFrom(...unstable),
      location: fc.constantFrom(...locations),
      zone: fc.constantFrom(...zones),
      capacity: fc.constantFrom(...capacities),
      rest: fc.nat(unit - 1),
      role: fc.constantFrom('edge', 'inner'),
      fast: fc.constantFrom('yes', 'no'),
      taint: fc.constantFrom(...taints),
      healthySince: fc.constantFrom(undefined, 500, 950),
      isStranger: strays ? fc.constantFrom(false, false, true) : fc.constant(false),
    } as const)
    .map(({ verdict, unstable, location, zone, capacity, rest, taint, healthySince, isStranger, ...labels }) =>
      node('', {
        verdict,
        rank: rankOf[verdict],
        unstable,
        labels,
        taints: taint === 'none' ? [] : [{ key: 'dedicated', effect: taint }],
        ...(zone === undefined ? {} : { zone }),
        ...(healthySince === undefined ? {} : { healthySince }),
        server: { location, capacity: capacity === null ? null : capacity * unit + rest },
        ...(isStranger ? { accounts: new Map() } : {}),
      }),
    )
}

function arbitraryTwins({
  eligibilities,
  preferences,
}: Shape): fc.Arbitrary<Pick<PlacementItem, 'priority' | 'eligibility' | 'preferences'>> {
  return fc.record({
    priority: fc.constantFrom(0, 1),
    eligibility: fc.constantFrom(...eligibilities),
    preferences: fc.constantFrom(...preferences),
  })
}

function arbitraryItem({
  nodes,
  slots,
  priorities,
  eligibilities,
  preferences,
  spreads,
  failbacks,
  homeless,
  refused,
}: Shape): fc.Arbitrary<PlacementItem> {
  const names = nodeNames.slice(0, nodes)
  return fc
    .record({
      name: fc.constant(''),
      home: fc.oneof(
        { weight: 5 - homeless, arbitrary: fc.constantFrom(null, 'gone', ...names, ...names) },
        { weight: homeless, arbitrary: fc.constant(null) },
      ),
      homeHeld: fc.constantFrom(false, false, true),
      priority: fc.constantFrom(...priorities),
      eligibility: fc.constantFrom(...eligibilities),
      slots: fc.constantFrom(...slots),
      preferences: fc.constantFrom(...preferences),
      spread: fc.constantFrom(...spreads),
      failback: fc.constantFrom(...failbacks),
      refusals: fc.oneof(
        { weight: 5 - refused, arbitrary: fc.constant([]) },
        {
          weight: refused,
          arbitrary: fc.array(fc.record({ node: fc.constantFrom(...names), until: fc.constantFrom(500, 2000) }), {
            maxLength: 2,
          }),
        },
      ),
    })
    .map(({ spread, failback, ...item }) => ({
      ...item,
      ...(spread === undefined ? {} : { spread }),
      ...(spread?.group === 'bound'
        ? { eligibility: { ...item.eligibility, location: item.homeHeld ? 'x' : 'y' } }
        : {}),
      ...(failback === undefined ? {} : { failback }),
    }))
}

const stray = 'stray'
const torn: SpreadRule = { group: 'torn', maxPerZone: 1 }
const tornItems = [
  item(`${stray}-high`, 'a', { priority: 1, spread: torn }),
  item(`${stray}-low`, 'b', { spread: torn }),
]
const strays: readonly (readonly PlacementItem[])[] = [
  [item(`${stray}-whole`, 'a', { slots: 1.5 })],
  [item(`${stray}-slots`, 'b', { slots: 0 })],
  [item(`${stray}-limit`, null, { spread: { group: 'pair', maxPerNode: 0 } })],
  tornItems,
]

/** Whether nobody can place it, whatever the nodes. */
export function isStray({ name }: PlacementItem): boolean {
  return name.startsWith(stray)
}

function mayChooseZone(nodes: readonly PlacementNode[]): boolean {
  const open = nodes.filter(({ taints }) => taints.every(({ effect }) => effect === 'PreferNoSchedule'))
  const zones = open.flatMap(({ zone, accounts }) => [...accounts.values()].map(({ location }) => zone ?? location))
  return new Set(zones).size > 1
}
