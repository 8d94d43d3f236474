import { ProviderError } from '@failover-ip/provider'
import { describe, expect, test } from 'vitest'
import { failoverIP, recorded, v4, v6 } from '../plan/testing/situation.ts'
import { createSmallWorld, nodeState } from './testing/small-world.ts'

const minute = 60_000
const cordoned = (name: string) =>
  ['a', 'b', 'c'].map((each) => nodeState(each, each === name ? { unschedulable: true } : {}))
const onA = [failoverIP({ status: { addresses: [recorded(v4, 'a')] } })]

describe('a unit that cannot be read', () => {
  const six = failoverIP({
    key: 'ingress/six',
    uid: 'uid-six',
    addresses: ['2001:bc8:710:3c3b::1'],
    status: { addresses: [recorded(v6, 'b', { server: { id: 'server-b', location: 'y' } })] },
  })
  const maintenance = new ProviderError('Busy', 'In maintenance.', { outcome: 'not-applied', retryAfterSeconds: 600 })
  const faults: Readonly<Record<string, () => Promise<ProviderError>>> = {
    'asks to be asked later': async () => maintenance,
    'never answers': () => new Promise(() => {}),
  }
  test.each(Object.entries(faults))(
    'since its place %s, keeps no other address on a lost node',
    async (_name, fault) => {
      let isFaulty = false
      const world = createSmallWorld({
        routedTo: { [v4]: 'a', [v6]: 'b' },
        failoverIPs: [...onA, six],
        routing: {
          observe: async (units) => {
            const error = isFaulty && units.includes(v6) ? await fault() : undefined
            await world.clock.sleep(20)
            return units.map((unit) => {
              if (error !== undefined && unit === v6) return { kind: 'unknown', unit, error }
              const location = unit === v6 ? 'y' : 'z'
              const server = { id: world.routes.get(unit) ?? '', location }
              return { kind: 'found', unit, location, server, inFlight: false, locked: false }
            })
          },
          resolve: async (nodes) =>
            nodes.map(({ name }) => ({
              kind: 'matched',
              node: name,
              server: { id: `server-${name}`, location: name === 'b' ? 'y' : 'z' },
            })),
        },
      })
      const { ended, stop } = world.run()
      await world.clock.advance(20_000)
      isFaulty = true
      await world.clock.advance(95_000)
      world.setNodes(cordoned('a'))
      await world.clock.advance(2000)
      expect(world.routes.get(v4)).toBe('server-c')
      stop()
      await world.clock.advanceUntil(ended)
    },
  )
})

test('a stranger that got the address while an answer was lost keeps it', async () => {
  const world = createSmallWorld({
    capabilities: { eventualReadSeconds: 5 },
    routedTo: { [v4]: 'a' },
    failoverIPs: onA,
    nodes: cordoned('a'),
    routing: {
      assign: async (unit) => {
        world.routes.set(unit, 'stranger')
        throw new ProviderError('Transient', 'The answer was lost.', { outcome: 'unknown' })
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(minute)
  expect([world.count('assign'), world.routes.get(v4)]).toEqual([1, 'stranger'])
  expect(world.status().conditions?.[0]).toMatchObject({ reason: 'ForeignHolder' })
  stop()
  await world.clock.advanceUntil(ended)
})

test.each<[string, Partial<Record<'code' | 'retryAfterSeconds', unknown>>]>([
  ['a pause that is no number', { code: 'RateLimited', retryAfterSeconds: Number.NaN }],
  ['a pause without end', { code: 'RateLimited', retryAfterSeconds: 1e9 }],
  ['a code that nobody knows', { code: 'QuotaExceeded' }],
])('an error with %s holds back what follows, and not for ever', async (_what, fields) => {
  let isFaulty = true
  const error = Object.assign(new ProviderError('Transient', 'No.', { outcome: 'not-applied' }), fields)
  const world = createSmallWorld({
    routing: {
      assign: async (unit, server) => {
        if (isFaulty) throw error
        world.routes.set(unit, server.id)
        return { status: 'done' }
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(minute)
  expect([world.count('assign') <= 7, world.count('assign') > 0, world.troubles]).toEqual([true, true, []])
  expect(world.events.some(({ reason }) => reason === 'ChangeFailed')).toBe(true)
  isFaulty = false
  await world.clock.advance(10 * minute)
  expect(world.status().node).toBeDefined()
  stop()
  await world.clock.advanceUntil(ended)
})

test.each([2, 3])(
  'a cloud that refuses every node for ten seconds delays a failover by no more (of %i nodes)',
  async (count) => {
    const world = createSmallWorld({
      routedTo: { [v4]: 'a' },
      failoverIPs: onA,
      nodes: cordoned('a').slice(0, count),
      routing: {
        assign: async (unit, server) => {
          if (world.clock.monotonic() < 10_000) throw new ProviderError('Conflict', 'No.', { outcome: 'not-applied' })
          world.routes.set(unit, server.id)
          return { status: 'done' }
        },
      },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(15_000)
    expect(world.status().node).toMatch(/^[bc]$/)
    stop()
    await world.clock.advanceUntil(ended)
  },
)

test('an operation is asked about no sooner than the cloud wants', async () => {
  const later = new ProviderError('Busy', 'Later.', { outcome: 'not-applied', retryAfterSeconds: 40 })
  const world = createSmallWorld({
    routing: {
      assign: async () => ({ status: 'pending', operation: 1 }),
      poll: () => Promise.reject(later),
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(30_000)
  expect(world.count('poll')).toBe(1)
  await world.clock.advance(20_000)
  expect(world.count('poll')).toBe(2)
  stop()
  await world.clock.advanceUntil(ended)
})
