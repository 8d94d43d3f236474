import { expect, test } from 'vitest'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import { createSmallWorld } from './testing/small-world.ts'

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
