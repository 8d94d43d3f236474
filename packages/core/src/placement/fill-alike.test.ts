import { expect, test } from 'vitest'
import { place } from './place.ts'
import type { PlacementInput, PlacementItem } from './placement-input.ts'
import { item, node } from './testing/fixture.ts'

/** Pools and locations cross each other: whoever is bound to one of them takes room from those who are bound to the other. */
function crossing(capacity: number | null): PlacementInput {
  const nodes = Array.from({ length: 60 }, (_, index) =>
    node(`node-${index}`, {
      labels: { pool: `${Math.min(index % 7, 2)}` },
      server: { location: index % 2 === 0 ? 'x' : 'y', capacity },
    }),
  )
  const items = Array.from({ length: 300 }, (_, index): PlacementItem => {
    const location = index % 2 === 1 ? null : index % 5 === 0 ? 'x' : 'y'
    const nodeSelector: Record<string, string> = index % 2 === 0 ? {} : { pool: index % 7 === 0 ? '0' : '1' }
    return item(`ip-${index}`, null, {
      priority: index % 2,
      eligibility: { account: 'main', location, nodeSelector, tolerations: [] },
    })
  })
  return { items, nodes, now: 0 }
}

test.each([['ample', null] as const, ['tight', 6] as const, ['scarce', 4] as const])(
  'a cold start on servers that are alike is found at its best, with no exchange: %s',
  (_, capacity) => {
    const { certificate, assignments } = place(crossing(capacity))
    expect(certificate).toEqual({ proven: true, exchanges: 0 })
    const loads = [...Map.groupBy([...assignments.values()], (assignment) => assignment.node)]
    const most = loads.map(([name, ours]) => (name === null ? 0 : ours.length)).reduce((a, b) => Math.max(a, b))
    expect(most).toBeLessThanOrEqual(capacity ?? 20)
  },
)

test('those whose homes have all died go back there, where no other node may have them, with no exchange', () => {
  const { items, nodes } = crossing(null)
  const { assignments } = place({ items, nodes, now: 0 })
  const homes = items.map((one) => ({ ...one, home: assignments.get(one.name)?.node ?? null }))
  const dead = nodes.map((one, index) => (index % 2 === 0 ? one : { ...one, verdict: 'dead' as const, rank: 9 }))
  const after = place({ items: homes, nodes: dead, now: 0 })
  expect(after.certificate).toEqual({ proven: true, exchanges: 0 })
  const bound = homes.filter(({ eligibility }) => eligibility.location === 'y')
  expect(bound.length).toBeGreaterThan(dead.length)
  for (const { name, home } of bound) expect(after.assignments.get(name)?.node).toBe(home)
})
