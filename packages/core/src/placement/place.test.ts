import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { place } from './place.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import { anywhere, item, node } from './testing/fixture.ts'

const three = [node('a'), node('b'), node('c')]

function placed(
  items: readonly PlacementItem[],
  nodes: readonly PlacementNode[],
  now = 0,
): Record<string, string | null> {
  const { assignments } = place({ items, nodes, now })
  return Object.fromEntries([...assignments].map(([name, assignment]) => [name, assignment.node]))
}

function levelOf(items: readonly PlacementItem[], nodes: readonly PlacementNode[]): string | undefined {
  return place({ items, nodes, now: 0 }).assignments.get('web')?.level
}

function loads(result: Record<string, string | null>): number[] {
  return [...Map.groupBy(Object.values(result), (name) => name).values()]
    .map((names) => names.length)
    .sort((a, b) => a - b)
}

describe('load', () => {
  test('splits evenly and moves nobody for it [A10]', () => {
    const items = Array.from({ length: 10 }, (_, index) => item(`ip-${index}`))
    expect(loads(placed(items, three))).toEqual([3, 3, 4])
    const crowded = items.map((one) => ({ ...one, home: 'a' }))
    expect(loads(placed(crowded, three))).toEqual([10])
  })

  test('splits evenly as far as the slots allow [A10]', () => {
    const items = Array.from({ length: 8 }, (_, index) => item(`ip-${index}`))
    expect(loads(placed(items, [node('a', { server: { capacity: 2 } }), node('b'), node('c')]))).toEqual([2, 3, 3])
  })

  test('moves only what was on the lost node, and spreads it [A10]', () => {
    const items = Array.from({ length: 9 }, (_, index) => item(`ip-${index}`, 'abc'.charAt(index % 3)))
    const result = placed(items, [node('a', { verdict: 'dead', rank: 9 }), node('b'), node('c')])
    for (const { name, home } of items) if (home !== 'a') expect(result[name]).toBe(home)
    expect(loads(result)).toEqual([4, 5])
  })
})

describe('staying', () => {
  test('keeps every fit home, however uneven [A11]', () => {
    const items = [item('web', 'a'), item('mail', 'a'), item('dns', 'a')]
    expect(placed(items, three)).toEqual({ web: 'a', mail: 'a', dns: 'a' })
    expect(levelOf(items, three)).toBe('sticky')
  })

  test('a suspect home is kept beside healthy nodes', () => {
    expect(placed([item('web', 'a')], [node('a', { verdict: 'suspect', rank: 1 }), node('b')])).toEqual({ web: 'a' })
  })

  test('a returning node takes nothing back', () => {
    expect(placed([item('web', 'b')], three)).toEqual({ web: 'b' })
  })

  test.each(['healthy', 'suspect', 'leaving', 'unfit', 'dead'] as const)(
    'a single node that is %s is never evacuated [A21]',
    (verdict) => {
      expect(placed([item('web', 'a')], [node('a', { verdict, rank: 9 })])).toEqual({ web: 'a' })
    },
  )

  test('all dead: nobody moves, whatever their ranks [A36]', () => {
    const nodes = [node('a', { verdict: 'dead', rank: 9 }), node('b', { verdict: 'dead', rank: 7 })]
    expect(placed([item('web', 'a'), item('mail', 'b')], nodes)).toEqual({ web: 'a', mail: 'b' })
  })

  test('a leaving home that the policy still holds is kept as a fit one is', () => {
    const held = { ...item('web', 'a'), homeHeld: true }
    const nodes = [node('a', { verdict: 'leaving', rank: 3 }), node('b')]
    expect(placed([held], nodes)).toEqual({ web: 'a' })
    expect(placed([{ ...held, homeHeld: false }], nodes)).toEqual({ web: 'b' })
  })

  test('a leaving home is left for a better node, not for another that leaves', () => {
    const leaving = node('a', { verdict: 'leaving', rank: 3 })
    expect(placed([item('web', 'a')], [leaving, node('b')])).toEqual({ web: 'b' })
    expect(placed([item('web', 'a')], [leaving, node('b', { verdict: 'leaving', rank: 2 })])).toEqual({ web: 'a' })
    expect(placed([item('web', 'a')], [leaving, node('b', { verdict: 'dead', rank: 9 })])).toEqual({ web: 'a' })
  })

  test.each(['NoSchedule', 'NoExecute'] as const)('a taint %s drives out, PreferNoSchedule does not', (effect) => {
    expect(placed([item('web', 'a')], [node('a', { taints: [{ key: 'own', effect }] }), node('b')])).toEqual({
      web: 'b',
    })
    const preferring = node('a', { taints: [{ key: 'own', effect: 'PreferNoSchedule' }] })
    expect(placed([item('web', 'a')], [preferring, node('b')])).toEqual({ web: 'a' })
  })
})

describe('health', () => {
  test('a new item goes to the healthiest, a stable one before an unstable one', () => {
    const nodes = [node('a', { verdict: 'suspect', rank: 1 }), node('b', { unstable: true }), node('c')]
    expect(placed([item('web'), item('mail')], nodes)).toEqual({ web: 'c', mail: 'c' })
    expect(placed([item('web')], nodes.slice(0, 2))).toEqual({ web: 'b' })
    expect(levelOf([item('web')], nodes)).toBe('health')
  })

  test('the least bad serves when none is good', () => {
    const nodes = [node('a', { verdict: 'unfit', rank: 4 }), node('b', { verdict: 'leaving', rank: 3 })]
    expect(placed([item('web')], nodes)).toEqual({ web: 'b' })
  })
})

describe('hard rules', () => {
  test('the location binds, and a node in it heals [A12] [A13]', () => {
    const bound = item('web', null, { eligibility: { ...anywhere, location: 'nl-ams-1' } })
    expect(placed([bound], three)).toEqual({ web: null })
    expect(levelOf([bound], three)).toBe('none')
    expect(placed([bound], [...three, node('d', { server: { location: 'nl-ams-1' } })])).toEqual({ web: 'd' })
  })

  test('a tolerated taint and a taint that tells health do not bar a node', () => {
    const taints = [{ key: 'dedicated', value: 'edge', effect: 'NoExecute' }] as const
    const tolerations = [{ key: 'dedicated', value: 'edge' }]
    expect(placed([item('web')], [node('a', { taints })])).toEqual({ web: null })
    const tolerant = item('web', null, { eligibility: { ...anywhere, tolerations } })
    expect(placed([tolerant], [node('a', { taints })])).toEqual({ web: 'a' })
    const unreachable = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] as const
    expect(placed([item('web')], [node('a', { taints: unreachable })])).toEqual({ web: 'a' })
  })

  test('a refusal bars a node until it ends, and says when to look again', () => {
    const items = [item('web', null, { refusals: [{ node: 'a', until: 500 }] })]
    const before = place({ items, nodes: [node('a')], now: 499 })
    expect(before.assignments.get('web')?.node).toBe(null)
    expect(before.lookAgainAt).toBe(500)
    const after = place({ items, nodes: [node('a')], now: 500 })
    expect(after.assignments.get('web')?.node).toBe('a')
    expect(after.lookAgainAt).toBeUndefined()
  })

  test('the higher priority takes the last slot, and pre-empts only when slots are short', () => {
    const one = [node('a', { server: { capacity: 1 } })]
    const items = [item('low', 'a', { priority: 1 }), item('high', null, { priority: 2 })]
    expect(placed(items, one)).toEqual({ high: 'a', low: null })
    expect(placed(items, [...one, node('b', { verdict: 'unfit', rank: 4 })])).toEqual({ high: 'b', low: 'a' })
  })

  test('a chain of moves makes room for one that fits in one place only', () => {
    const bound = item('bound', null, { eligibility: { ...anywhere, location: 'x' } })
    const nodes = [node('a', { server: { capacity: 1, location: 'x' } }), node('b', { server: { capacity: 1 } })]
    expect(placed([item('web', 'a'), bound], nodes)).toEqual({ bound: 'a', web: 'b' })
  })
})

describe('refusals in a spread group whose members may choose the zone', () => {
  const spread = { group: 'g', maxPerZone: 2 }
  const here = node('here')
  const there = node('there', { zone: 'east', verdict: 'suspect', rank: 1 })
  const refused = item('refused', null, { spread, refusals: [{ node: 'here', until: 5000 }] })

  test('nobody goes where it was refused, though another of the group is at home there', () => {
    expect(placed([item('home', 'here', { spread }), refused], [here, there])).toEqual({
      home: 'here',
      refused: 'there',
    })
    const full = node('there', { zone: 'east', server: { capacity: 0 } })
    expect(placed([item('home', 'here', { spread }), refused], [here, full])).toEqual({ home: 'here', refused: null })
  })

  test('another of the group takes the place, and the answer is proven', () => {
    const strict = { group: 'g', maxPerZone: 1 }
    const items = [item('free', null, { spread: strict }), { ...refused, spread: strict }]
    expect(placed(items, [here, there])).toEqual({ free: 'here', refused: 'there' })
    expect(place({ items, nodes: [here, there], now: 0 }).certificate.proven).toBe(true)
  })

  test('where the others have to keep clear of it too, that is said', () => {
    const refusals = [
      { node: 'here', until: 5000 },
      { node: 'also', until: 5000 },
    ]
    const items = [item('free', null, { spread: { group: 'g', maxPerZone: 3 } }), { ...refused, refusals }]
    const input = { items, nodes: [node('also'), here, there], now: 0 }
    expect(placed(items, input.nodes)['refused']).toBe('there')
    const codes = explain(input, 'free')?.rejections.map(({ node: name, code }) => [name, code])
    expect(codes).toContainEqual(['there', 'WorseHealth'])
    expect(place(input).certificate).toMatchObject({ proven: false, reason: 'SharedRefusals' })
  })
})

test('a failback of a group that was weighed alone leaves its home to one on a node that is not fit', () => {
  const spread = { group: 'g', maxPerZone: 1 }
  const preferences = [{ weight: 1, nodeSelector: { fast: 'yes' } }]
  const items = [
    item('member', 'd', { spread, preferences, failback: { delay: 0 } }),
    item('web', null, { eligibility: { ...anywhere, location: 'x' } }),
  ]
  const nodes = [
    node('a', { labels: { fast: 'yes' }, server: { capacity: 1, location: 'y' } }),
    node('d', { server: { capacity: 1, location: 'x' } }),
    node('e', { verdict: 'unfit', server: { location: 'x' } }),
  ]
  expect(placed(items, nodes)).toEqual({ member: 'a', web: 'd' })
})

describe('failback', () => {
  const preferences = [
    { weight: 10, nodeSelector: { disk: 'fast' } },
    { weight: 50, nodeSelector: { disk: 'faster' } },
  ]
  const fast = node('fast', { labels: { disk: 'fast' } })
  const home = node('home')
  const web = item('web', 'home', { preferences, failback: { delay: 600 } })

  test('goes to a node that has waited out the delay, not to a better one that has just come, and says when it will', () => {
    const faster = node('faster', { labels: { disk: 'faster' }, healthySince: 900 })
    expect(placed([web], [fast, faster, home], 1000)).toEqual({ web: 'fast' })
    expect(place({ items: [web], nodes: [fast, faster, home], now: 1000 }).lookAgainAt).toBe(1500)
    expect(placed([web], [fast, faster, home], 1500)).toEqual({ web: 'faster' })
  })

  test('is no reason to leave a fit home for any other node', () => {
    const [full, taken] = [
      node('fast', { labels: { disk: 'fast' }, server: { capacity: 1 } }),
      node('home', { labels: { rack: 'new' }, server: { capacity: 1 } }),
    ]
    const wants = item('wants', null, { preferences: [{ weight: 60, nodeSelector: { rack: 'new' } }] })
    expect(placed([web, item('holds', 'fast'), wants], [full, taken, node('spare')])).toEqual({
      holds: 'fast',
      wants: 'spare',
      web: 'home',
    })
  })

  test('waits for a node that failed lately, and for one in worse health', () => {
    expect(
      placed(
        [web],
        [
          { ...fast, unstable: true },
          { ...home, unstable: true },
        ],
      ),
    ).toEqual({ web: 'home' })
    expect(placed([web], [{ ...fast, rank: 1 }, home])).toEqual({ web: 'home' })
  })

  test('to a node in worse health is not followed, whomever it would help', () => {
    const liked = { ...fast, rank: 1, accounts: new Map([['main', { location: 'x', capacity: 1 }]]) }
    const taken = node('home', { server: { location: 'y', capacity: 1 } })
    const spare = node('spare', { verdict: 'suspect', rank: 3, server: { location: 'y' } })
    const wants = item('wants', null, { eligibility: { ...anywhere, location: 'y' } })
    expect(placed([web, wants], [liked, taken, spare])).toEqual({ wants: 'spare', web: 'home' })
  })

  test('of members of a group that may choose the zone: one by one, into room that is left', () => {
    const spread = { group: 'g', maxPerZone: 1 }
    const nodes = [{ ...fast, zone: 'x' }, { ...home, zone: 'x' }, node('other', { zone: 'y' })]
    const items = [
      { ...web, spread },
      { ...web, name: 'mail', home: 'other', spread },
    ]
    expect(placed(items, nodes)).toEqual({ web: 'fast', mail: 'other' })
    expect(placed([...items, item('dns', 'fast')], [{ ...fast, zone: 'x' }, ...nodes.slice(1)])).toMatchObject({
      web: 'fast',
    })
  })
})

describe('when to look again', () => {
  const refusals = [{ node: 'x', until: 2000 }]

  test('when the refusal ends that alone keeps a failback from the node that is liked better', () => {
    const preferences = [{ weight: 50, nodeSelector: { disk: 'fast' } }]
    const stays = item('web', 'y', { preferences, refusals })
    const items = [{ ...stays, failback: { delay: 0 } }]
    const nodes = [node('x', { labels: { disk: 'fast' } }), node('y')]
    expect(place({ items, nodes, now: 1000 }).lookAgainAt).toBe(2000)
    expect(placed(items, nodes, 2000)).toEqual({ web: 'x' })
    expect(place({ items: [stays], nodes, now: 1000 }).lookAgainAt).toBeUndefined()
  })

  test('when the refusal ends that keeps an item on a dead home, though that is held', () => {
    const items = [{ ...item('web', 'y', { refusals }), homeHeld: true }]
    const nodes = [node('x'), node('y', { verdict: 'dead', rank: 9 })]
    expect(place({ items, nodes, now: 1000 }).lookAgainAt).toBe(2000)
    expect(placed(items, nodes, 2000)).toEqual({ web: 'x' })
  })
})

describe('priority', () => {
  test.each([
    [2, 1, 1],
    [2, 1, 0],
    [1, 0, 0],
  ])('one of priority %d is served even if that costs one of %d and one of %d their places', (high, low, other) => {
    const nodes = [
      node('n', { labels: { edge: 'yes' }, server: { capacity: 1 } }),
      node('o', { server: { capacity: 1 } }),
    ]
    const edge = { ...anywhere, nodeSelector: { edge: 'yes' } }
    const spread = { group: 'g', maxPerZone: 1 }
    const items = [
      item('high', null, { priority: high, eligibility: edge, spread }),
      item('low', 'n', { priority: low, eligibility: edge }),
      item('other', 'o', { priority: other, spread }),
    ]
    expect(placed(items, nodes)).toEqual({ high: 'n', low: null, other: null })
    expect(place({ items, nodes, now: 0 }).certificate.proven).toBe(true)
  })
})

test('labels in another order are the same preference', () => {
  const spread = { group: 'g', maxPerZone: 1 }
  const items = [
    item('one', null, { spread, preferences: [{ weight: 1, nodeSelector: { disk: 'fast', rack: 'new' } }] }),
    item('two', null, { spread, preferences: [{ weight: 1, nodeSelector: { rack: 'new', disk: 'fast' } }] }),
  ]
  const nodes = [node('a', { zone: 'x' }), node('b', { zone: 'y' })]
  expect(new Set(Object.values(placed(items, nodes)))).toEqual(new Set(['a', 'b']))
})

describe('the tie-break', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => node(name))
  const mine = item('mine', null, { eligibility: { ...anywhere, nodeSelector: {} } })

  test('does not depend on what else there is', () => {
    const alone = placed([mine], nodes)['mine']
    const pool = nodes.map((one) => ({ ...one, labels: { pool: 'yes' } }))
    for (const priority of [-1, 1, 2]) {
      const others = ['aaa', 'zzz'].map((name) =>
        item(name, 'gone', { priority, eligibility: { ...anywhere, location: 'x' } }),
      )
      expect(placed([mine, ...others], pool)['mine']).toBe(alone)
    }
  })
})

describe('what comes with an assignment', () => {
  test('standbys do not depend on which of those alike is asked about', () => {
    const nodes = [
      node('m', { server: { capacity: 3 } }),
      node('o', { server: { capacity: 2 } }),
      node('p', { server: { capacity: 3 } }),
    ]
    const input = { items: [item('a', 'm'), item('b', 'p')], nodes, now: 0 }
    const { assignments } = place(input)
    for (const name of ['a', 'b']) expect(explain(input, name)?.assignment).toEqual(assignments.get(name))
    expect(assignments.get('b')?.standbys).toEqual(['o', 'm'])
  })

  test('standbys are the next best, at most three, none dead or full', () => {
    const nodes = [
      node('a'),
      node('b', { verdict: 'dead', rank: 9 }),
      node('c', { verdict: 'suspect', rank: 1 }),
      node('d', { server: { capacity: 0 } }),
      node('e', { unstable: true }),
      node('f', { verdict: 'leaving', rank: 2 }),
      node('g', { verdict: 'unfit', rank: 3 }),
    ]
    expect(place({ items: [item('web')], nodes, now: 0 }).assignments.get('web')?.standbys).toEqual(['e', 'c', 'f'])
  })

  test('the level tells what decided', () => {
    expect(levelOf([item('web')], [node('a')])).toBe('only')
    expect(levelOf([item('web'), item('mail', 'b')], [node('a'), node('b')])).toBe('load')
    expect(levelOf([item('web')], three)).toBe('hash')
    const leaving = { verdict: 'leaving', rank: 2 } as const
    expect(levelOf([item('web', 'b')], [node('a', leaving), node('b', leaving)])).toBe('home')
    expect(levelOf([item('web')], [node('a', leaving), node('b')])).toBe('health')
  })

  test('an unfit home was kept because it is the home, though another is healthier or liked better', () => {
    const leaving = { verdict: 'leaving', rank: 2 } as const
    const unstable = { ...leaving, unstable: true }
    expect(levelOf([item('web', 'b')], [node('a', leaving), node('b', unstable)])).toBe('home')
    expect(levelOf([item('web', 'b')], [node('a', leaving), node('b', { verdict: 'unfit', rank: 3 })])).toBe('home')
    const preferences = [{ weight: 5, nodeSelector: { disk: 'fast' } }]
    const liked = node('a', { ...leaving, labels: { disk: 'fast' } })
    expect(levelOf([item('web', 'b', { preferences })], [liked, node('b', leaving)])).toBe('home')
    expect(levelOf([item('web', 'b')], [node('a', { verdict: 'dead', rank: 9 }), node('b', leaving)])).toBe('health')
  })
})
