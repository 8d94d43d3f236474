import { expect, test } from 'vitest'
import { ProviderError } from '@failover-ip/provider'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import { failoverIP, recorded, v4, v6 } from '../plan/testing/situation.ts'
import { createSmallWorld, nodeState, type SmallWorld } from './testing/small-world.ts'

/** The change that is wanted now is the second one, some seconds after the first. */
async function expectOneInFiveMinutes(world: SmallWorld): Promise<void> {
  await world.clock.advance(290_000)
  expect(world.count('assign')).toBe(1)
  await world.clock.advance(15_000)
  expect(world.count('assign')).toBe(2)
}

const capabilities = { accountWindows: [{ mutations: 3, seconds: 300 }] }

test('intents that are not stored take no room in the window of an account', async () => {
  let conflicts = 10
  const hasIntent = ({ addresses = [] }: FailoverIPStatus): boolean =>
    addresses.some(({ operation }) => operation !== undefined)
  const world = createSmallWorld({
    capabilities,
    save: async (_key, status) => {
      if (hasIntent(status) && (conflicts -= 1) >= 0) return 'conflict'
      world.update((one) => ({ ...one, status }))
      return 'written'
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(120_000)
  expect([conflicts, world.count('assign'), world.count('note')]).toEqual([-1, 1, 1])
  stop()
  await world.clock.advanceUntil(ended)
})

test('accounts of one owner share the windows, also for what is decided at one moment', async () => {
  const world = createSmallWorld({ capabilities, owner: 'somebody' })
  world.addAccount({ ...world.account, key: 'second' })
  const more = [1, 2, 3, 4].map((i) =>
    failoverIP({ key: `ip-${i}`, uid: `uid-${i}`, account: 'second', addresses: [`51.15.129.${i}`] }),
  )
  world.add(...more)
  const { ended, stop } = world.run()
  await world.clock.advance(290_000)
  expect(world.count('assign')).toBe(3)
  await world.clock.advance(15_000)
  expect(world.count('assign')).toBe(5)
  stop()
  await world.clock.advanceUntil(ended)
})

test('a clock that is set forward opens the window of no other account of the owner', async () => {
  const world = createSmallWorld({
    capabilities: { accountWindows: [{ mutations: 1, seconds: 300 }] },
    owner: 'somebody',
  })
  world.addAccount({ ...world.account, key: 'second' })
  const { ended, stop } = world.run()
  await world.clock.advance(5000)
  expect(world.count('assign')).toBe(1)
  world.clock.jumpWall(3_600_000)
  world.add(failoverIP({ key: 'ip-2', uid: 'uid-2', account: 'second', addresses: ['51.15.129.2'] }))
  await expectOneInFiveMinutes(world)
  stop()
  await world.clock.advanceUntil(ended)
})

test.each(['conflict', 'gone'] as const)(
  'nothing is sent that could not be noted with the account (%s)',
  async (result) => {
    let isFaulty = true
    const world = createSmallWorld({ capabilities, noteOperation: async () => (isFaulty ? result : 'written') })
    const { ended, stop } = world.run()
    await world.clock.advance(60_000)
    expect([world.count('note') > 1, world.count('assign')]).toEqual([true, 0])
    isFaulty = false
    await world.clock.advance(15_000)
    expect(world.count('assign')).toBe(1)
    stop()
    await world.clock.advanceUntil(ended)
  },
)

test.each([[[v4]], [[v4, v6]]])('a target that stays locked does not eat the window up (%j)', async (units) => {
  const world = createSmallWorld({
    capabilities: { eventualReadSeconds: 60, accountWindows: [{ mutations: 10, seconds: 300 }] },
    routedTo: Object.fromEntries(units.map((unit) => [unit, 'a'])),
    failoverIPs: [
      failoverIP({
        addresses: units.map((unit) => recorded(unit, 'a').address),
        status: { addresses: units.map((unit) => recorded(unit, 'a')) },
      }),
    ],
    nodes: ['a', 'b', 'c'].map((name) => nodeState(name, { unschedulable: name === 'a' })),
    routing: {
      assign: async (unit, server) => {
        const locked = world.sent[0]?.split(' -> ')[1]
        if (server.id === locked) throw new ProviderError('Busy', 'Locked.', { outcome: 'not-applied' })
        world.routes.set(unit, server.id)
        return { status: 'done' }
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(10_000)
  expect(world.status().node).toMatch(/^[bc]$/)
  expect(world.count('assign')).toBeLessThanOrEqual(3 * units.length)
  stop()
  await world.clock.advanceUntil(ended)
})

test('a cool-down outlives its FailoverIP', async () => {
  const world = createSmallWorld({ capabilities: { coolDownSeconds: 301 } })
  const { ended, stop } = world.run()
  await world.clock.advance(5000)
  const { node } = world.status()
  const change = { uid: 'uid-2', protected: false, status: {}, createdAt: world.clock.now() }
  world.update((one) => ({ ...one, ...change }))
  await world.clock.advance(2000)
  world.setNodes(['a', 'b', 'c'].map((name) => nodeState(name, { unschedulable: name === node })))
  await world.clock.advance(295_000)
  expect(world.count('assign')).toBe(1)
  await world.clock.advance(10_000)
  expect(world.count('assign')).toBe(2)
  stop()
  await world.clock.advanceUntil(ended)
})

test('a clock that is set forward opens no window before its time', async () => {
  const world = createSmallWorld({ capabilities: { accountWindows: [{ mutations: 1, seconds: 300 }] } })
  const { ended, stop } = world.run()
  await world.clock.advance(5000)
  expect(world.count('assign')).toBe(1)
  const { node } = world.status()
  world.clock.jumpWall(3_600_000)
  world.setNodes(['a', 'b', 'c'].map((name) => nodeState(name, { unschedulable: name === node })))
  await expectOneInFiveMinutes(world)
  stop()
  await world.clock.advanceUntil(ended)
})
