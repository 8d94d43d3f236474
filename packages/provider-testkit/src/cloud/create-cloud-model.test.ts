import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { ChangeCourse, CloudModel, CloudModelOptions, CloudServer, CloudUnit } from './cloud-model.ts'
import { createCloudModel } from './create-cloud-model.ts'

interface Setup {
  readonly clock: VirtualClock
  readonly cloud: CloudModel<CloudServer, CloudUnit>
}

/** Servers `a` and `b`; unit `1` with `a`, unit `2` with nobody. */
function setUp(options: Omit<CloudModelOptions, 'clock'> = {}): Setup {
  const clock = createVirtualClock()
  const cloud = createCloudModel<CloudServer, CloudUnit>({ clock, ...options })
  for (const id of ['a', 'b']) cloud.putServer({ id, name: `server ${id}`, location: 'x' })
  cloud.putUnit({ id: '1', unit: '192.0.2.1/32', location: 'x' }, 'a')
  cloud.putUnit({ id: '2', unit: '2001:db8::/64', location: 'x' }, null)
  return { clock, cloud }
}

const slowly: ChangeCourse = { seconds: 20, end: 'done', effect: 'atEnd' }

describe('a change', () => {
  it('is done at once by default', () => {
    const { cloud } = setUp()
    expect(cloud.change('1', 'b')).toEqual({ id: 1, unit: '1', server: 'b', startedAt: 0, state: 'done', endedAt: 0 })
    expect(cloud.holding('1')).toEqual({ server: 'b', phase: 'settled' })
    expect(cloud.heldBy('a')).toEqual([])
    expect(cloud.heldBy('b').map(({ unit }) => unit)).toEqual(['192.0.2.1/32'])
  })

  it.each([
    ['atEnd', 'a'],
    ['atStart', 'b'],
  ] as const)('takes its time, with its effect %s', async (effect, during) => {
    const { clock, cloud } = setUp({ course: { ...slowly, effect } })
    await clock.advance(5_000)
    expect(cloud.change('1', 'b')).toMatchObject({ state: 'running', startedAt: 5_000, endedAt: null })
    expect(cloud.holding('1')).toEqual({ server: during, phase: 'changing' })
    expect(['a', 'b'].map((server) => cloud.aimedAt(server).length)).toEqual([0, 1])
    await clock.advance(19_999)
    expect(cloud.action(1)?.state).toBe('running')
    await clock.advance(1)
    expect(cloud.action(1)).toMatchObject({ state: 'done', endedAt: 25_000 })
    expect(cloud.aimedAt('b')).toEqual([])
    expect(cloud.holding('1')).toEqual({ server: 'b', phase: 'settled' })
  })

  it('may fail, and leaves the unit where it was', async () => {
    const { clock, cloud } = setUp({ course: { seconds: 20, end: 'failed', effect: 'atStart' } })
    cloud.change('1', null)
    await clock.advance(20_000)
    expect(cloud.action(1)).toMatchObject({ state: 'failed', endedAt: 20_000 })
    expect(cloud.holding('1')).toEqual({ server: 'a', phase: 'failed' })
  })

  it('may be called done and have done nothing', async () => {
    const { clock, cloud } = setUp({ course: { seconds: 20, end: 'done', effect: 'never' } })
    cloud.change('1', 'b')
    expect(cloud.holding('1')).toEqual({ server: 'a', phase: 'changing' })
    await clock.advance(20_000)
    expect([cloud.action(1)?.state, cloud.holding('1')]).toEqual(['done', { server: 'a', phase: 'settled' }])
  })

  it('may be stuck for good', async () => {
    const { clock, cloud } = setUp()
    cloud.setCourse({ end: 'stuck' })
    cloud.change('1', 'b')
    await clock.advance(86_400_000)
    expect(cloud.action(1)).toMatchObject({ state: 'running', endedAt: null })
    expect(cloud.holding('1')).toEqual({ server: 'a', phase: 'changing' })
  })

  it.each<[string, (cloud: Setup['cloud']) => void, object]>([
    ['a later change', (cloud) => cloud.change('1', null), { server: 'a', phase: 'changing' }],
    ['a human who moves the unit', (cloud) => cloud.placeByHand('1', 'a'), { server: 'a', phase: 'settled' }],
    ['a human who breaks the unit', (cloud) => cloud.setPhase('1', 'failed'), { server: 'a', phase: 'failed' }],
    ['the end of its target', (cloud) => cloud.removeServer('b'), { server: 'a', phase: 'failed' }],
    ['the end of its unit', (cloud) => cloud.removeUnit('1'), { server: null, phase: 'settled' }],
  ])('fails by %s', async (_, interfere, holding) => {
    const { clock, cloud } = setUp({ course: slowly })
    cloud.change('1', 'b')
    await clock.advance(10_000)
    interfere(cloud)
    expect(cloud.action(1)).toMatchObject({ state: 'failed', endedAt: 10_000 })
    expect(cloud.holding('1')).toEqual(holding)
    await clock.advance(10_000)
    expect(cloud.holding('1').server).not.toBe('b')
  })

  it('of a unit that does not exist throws', () => {
    const { cloud } = setUp()
    for (const act of [cloud.change, cloud.placeByHand]) expect(() => act('9', 'a')).toThrow('no unit')
  })
})

describe('actions', () => {
  it('are listed by unit, the latest first, until they are forgotten', () => {
    const { cloud } = setUp()
    cloud.change('1', 'b')
    cloud.change('2', 'b')
    cloud.change('1', null)
    expect(cloud.actionsOf('1').map(({ id }) => id)).toEqual([3, 1])
    cloud.forgetAction(1)
    expect([cloud.action(1), cloud.actionsOf('1').length]).toEqual([undefined, 1])
    expect(cloud.snapshot().actions.map(({ id }) => id)).toEqual([2, 3])
  })
})

describe('reads', () => {
  it('show the state of some seconds ago, that of a change under way too', async () => {
    const { clock, cloud } = setUp({ readLagSeconds: 3, course: { ...slowly, seconds: 2 } })
    await clock.advance(10_000)
    cloud.change('1', 'b')
    expect(cloud.seenHolding('1')).toEqual({ server: 'a', phase: 'settled' })
    await clock.advance(3_000)
    expect(cloud.seenHolding('1')).toEqual({ server: 'a', phase: 'changing' })
    await clock.advance(2_000)
    expect(cloud.seenHolding('1')).toEqual({ server: 'b', phase: 'settled' })
    cloud.placeByHand('1', null)
    cloud.setReadLag(0)
    expect(cloud.seenHolding('1')).toEqual({ server: null, phase: 'settled' })
  })

  it('find a unit by its CIDR, and all as plain data', () => {
    const { cloud } = setUp()
    expect(cloud.unitOf('2001:db8::/64')?.id).toBe('2')
    expect(cloud.unitOf('192.0.2.9/32')).toBeUndefined()
    cloud.removeServer('a')
    expect(cloud.snapshot()).toEqual({
      servers: [{ id: 'b', name: 'server b', location: 'x' }],
      units: [
        { id: '1', unit: '192.0.2.1/32', location: 'x', server: null, phase: 'settled' },
        { id: '2', unit: '2001:db8::/64', location: 'x', server: null, phase: 'settled' },
      ],
      actions: [],
    })
  })
})

describe('limits', () => {
  it('slide: so many changes in so many seconds, of every window', async () => {
    const { clock, cloud } = setUp({
      windows: [
        { changes: 2, seconds: 300 },
        { changes: 3, seconds: 3600 },
      ],
    })
    expect(cloud.admit('1')).toBeNull()
    await clock.advance(100_000)
    expect(cloud.admit('2')).toBeNull()
    expect(cloud.admit('1')).toEqual({ retryAfterSeconds: 200 })
    await clock.advance(199_999)
    expect(cloud.admit('1')).toEqual({ retryAfterSeconds: 0.001 })
    await clock.advance(1)
    expect(cloud.admit('1')).toBeNull()
    await clock.advance(300_000)
    expect(cloud.admit('1')).toEqual({ retryAfterSeconds: 3_000 })
    cloud.setWindows([])
    expect(cloud.admit('1')).toBeNull()
  })

  it('cool down each unit by itself', async () => {
    const { clock, cloud } = setUp({ coolDownSeconds: 300 })
    expect([cloud.admit('1'), cloud.admit('2')]).toEqual([null, null])
    await clock.advance(60_000)
    expect(cloud.admit('1')).toEqual({ retryAfterSeconds: 240 })
    cloud.setCoolDown(60)
    expect(cloud.admit('1')).toBeNull()
  })

  it('count refused requests only when told to', async () => {
    for (const countRefused of [false, true]) {
      const { clock, cloud } = setUp({ coolDownSeconds: 300 })
      cloud.admit('1')
      await clock.advance(200_000)
      expect(cloud.admit('1', { countRefused })).toEqual({ retryAfterSeconds: 100 })
      await clock.advance(100_000)
      expect(cloud.admit('1')).toEqual(countRefused ? { retryAfterSeconds: 200 } : null)
    }
  })
})
