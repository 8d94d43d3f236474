import { createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, test } from 'vitest'
import { cloudTime } from './cloud-time.ts'

/** A cloud whose clock is ahead of the own one, and which takes a while to answer. */
function setUp(dateOf: (cloudNow: number) => string | undefined): {
  readonly ahead: () => number
  readonly ask: (cloudAhead: number, seconds?: number) => Promise<number>
  readonly jumpWall: (milliseconds: number) => void
} {
  const clock = createVirtualClock()
  let cloudAhead = 0
  let seconds = 0
  const time = cloudTime(clock, async () => {
    await clock.sleep(seconds * 500)
    const date = dateOf(clock.now() + cloudAhead)
    await clock.sleep(seconds * 500)
    return new Response(null, { headers: date === undefined ? {} : { date } })
  })
  const ahead = (): number => time.clock.now() - clock.now()
  return {
    ahead,
    ask: async (milliseconds, lasts = 0) => {
      cloudAhead = milliseconds
      seconds = lasts
      await clock.advanceUntil(time.fetch('https://cloud.test/'))
      return ahead()
    },
    jumpWall: (milliseconds) => clock.jumpWall(milliseconds),
  }
}

const toDate = (now: number): string => new Date(now).toUTCString()

test.each([3_600_000, -3_600_000])('goes by the cloud where the own clock is an hour off (%i ms)', async (off) => {
  const { ask, ahead } = setUp(toDate)
  expect([ahead(), await ask(off)]).toEqual([0, 0])
  expect(Math.abs((await ask(off)) - off)).toBeLessThanOrEqual(1000)
  expect(Math.abs((await ask(off, 8)) - off)).toBeLessThanOrEqual(1000)
  const first = ahead()
  expect(await ask(off + 900, 1)).toBe(first)
})

test('leaves small differences, slow answers and answers without a Date alone', async () => {
  const { ask } = setUp(toDate)
  for (const off of [0, 1999, 1999, -1999, -1999, 900]) expect(await ask(off)).toBe(0)
  for (const _ of [1, 2]) expect(await ask(4000, 10)).toBe(0)
  for (const date of [undefined, 'yesterday', '']) {
    const without = setUp(() => date)
    for (const _ of [1, 2]) expect(await without.ask(3_600_000)).toBe(0)
  }
})

test('is the own clock again once that was put right', async () => {
  const { ask, jumpWall } = setUp(toDate)
  await ask(3_600_000)
  expect(await ask(3_600_000)).not.toBe(0)
  jumpWall(3_600_000)
  expect(await ask(0)).toBe(0)
})

test('one answer with a wrong Date changes nothing: a cached one, an absurd one, one of a server of its own time', async () => {
  const { ask, ahead } = setUp(toDate)
  await ask(0)
  for (const off of [-600_000, 3_600_000, 250_000_000_000_000]) {
    expect(await ask(off)).toBe(0)
    await ask(0)
  }
  expect(ahead()).toBe(0)
})

test.each(['Sat, 13 Sep 275760 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'a time that is none of ours is none, however often it is told: %s',
  async (date) => {
    const { ask } = setUp(() => date)
    for (const _ of [1, 2, 3]) expect(await ask(0)).toBe(0)
  },
)
