import { expect, test } from 'vitest'
import { indexServers } from '../snapshot/server-index.ts'
import { slotTurns } from './slot-turns.ts'
import { health, recorded, reviewOf, serverOf, v4, v6 } from './testing/situation.ts'

/** Two FailoverIPs that are to change places, on servers that carry as many units as the cloud says of each. */
function turnsWith(slots: number | undefined): ReturnType<typeof slotTurns> {
  const matches = ['a', 'b'].map(
    (node) =>
      [
        node,
        { kind: 'matched' as const, node, server: serverOf(node), ...(slots === undefined ? {} : { slots }) },
      ] as const,
  )
  const servers = indexServers(new Map(matches), true)
  const reviews = [
    reviewOf({ addresses: [recorded(v4, 'a')], failoverIP: { key: 'one' } }),
    reviewOf({ addresses: [recorded(v6, 'b')], failoverIP: { key: 'two' } }),
  ].map((review) => ({ ...review, servers }))
  const to = (node: string) => ({ node, level: 'only' as const, standbys: [] })
  return slotTurns(reviews, {
    assignments: new Map([
      ['one', to('b')],
      ['two', to('a')],
    ]),
    health: health({ a: 'healthy', b: 'healthy' }),
    statusOf: ({ failoverIP }) => failoverIP.status,
  })
}

test('without a limit both go at once, with one that is said of the servers they take turns [A18]', () => {
  expect(turnsWith(undefined)).toEqual({ waiting: new Map(), releases: new Map(), barred: new Map() })
  expect(turnsWith(2).waiting.size).toBe(0)
  expect(turnsWith(1).waiting.size + turnsWith(1).releases.size).toBeGreaterThan(0)
})
