import { expect, test } from 'vitest'
import { failoverIP, v4 } from '../plan/testing/situation.ts'
import { createSmallWorld } from './testing/small-world.ts'

const second = failoverIP({ key: 'second', uid: 'uid-second', addresses: ['51.15.129.99'] })

test('what goes with units is looked after with all of them, when they change, every five minutes, and once none is left', async () => {
  const kept: (readonly [seconds: number, units: string])[] = []
  const world = createSmallWorld({
    routing: { upkeep: async (units) => void kept.push([Math.floor(world.clock.monotonic() / 1000), units.join()]) },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(10_000)
  world.add(second)
  await world.clock.advance(310_000)
  world.remove(failoverIP().key)
  await world.clock.advance(10_000)
  world.remove('second')
  await world.clock.advance(10_000)
  expect(kept).toEqual([
    [0, v4],
    [10, `${v4},51.15.129.99/32`],
    [310, `${v4},51.15.129.99/32`],
    [320, '51.15.129.99/32'],
    [330, ''],
  ])
  stop()
  await world.clock.advanceUntil(ended)
})

test('what fails or hangs there is told, tried again every minute, and holds nothing up', async () => {
  let calls = 0
  const world = createSmallWorld({
    routing: {
      upkeep: () => {
        calls += 1
        return calls === 1 ? Promise.reject(new Error('no right')) : new Promise(() => {})
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(59_000)
  expect([calls, world.count('assign'), String(world.troubles)]).toEqual([1, 1, 'Error: no right'])
  await world.clock.advance(2000)
  world.add(second)
  await world.clock.advance(5000)
  expect([calls, world.count('assign')]).toEqual([2, 2])
  await world.clock.advance(10_000)
  expect([calls, world.troubles.length]).toEqual([3, 2])
  stop()
  await world.clock.advanceUntil(ended)
  expect(world.clock.sleepers).toBe(0)
})

test.each([{ dryRun: true }, { authority: { mayAct: () => false } }])('is left alone with %j', async (options) => {
  const world = createSmallWorld({ ...options, routing: { upkeep: () => expect.fail('it was called') } })
  const { ended, stop } = world.run()
  await world.clock.advance(10_000)
  expect(world.troubles).toEqual([])
  stop()
  await world.clock.advanceUntil(ended)
})
