import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAnchorBook } from '../anchor/anchor-book.ts'
import { createModelNetwork, type ModelNetwork } from '../testing/model-network.ts'
import { anchoredPlan, plainNode, routedPlan } from '../testing/plans.ts'
import type { WantedAddress } from '../wanted/wanted-address.ts'
import { type AddressPlane, type AddressReport, createAddressPlane } from './address-plane.ts'

const web: WantedAddress = { plan: routedPlan('203.0.113.50'), role: 'candidate' }
const anchored: WantedAddress = { plan: anchoredPlan('203.0.113.60'), role: 'holder' }

let clock: VirtualClock
let network: ModelNetwork
let metadata: () => Promise<string>
let reports: AddressReport[]
let errors: unknown[]
let stop: AbortController
let plane: AddressPlane
let ended: Promise<unknown>

function start(): void {
  stop = new AbortController()
  const anchors = createAnchorBook({ clock, askMetadata: () => metadata(), onError: (error) => errors.push(error) })
  plane = createAddressPlane({
    network,
    anchors,
    clock,
    onReport: (report) => reports.push(report),
    onError: (error) => errors.push(error),
  })
  ended = plane.run({ signal: stop.signal }).catch((error: unknown) => error)
}

async function crash(): Promise<void> {
  stop.abort('over')
  expect(await ended).toBe('over')
}

beforeEach(() => {
  clock = createVirtualClock()
  network = createModelNetwork(plainNode)
  metadata = () => Promise.resolve('10.17.0.5')
  reports = []
  errors = []
  start()
})

afterEach(async () => {
  await crash()
  expect(clock.sleepers).toBe(0)
})

const want = (carry: readonly WantedAddress[]): void => plane.want({ carry, leave: [] })
const ours = (): readonly string[] =>
  network.state.addresses.filter((entry) => entry.ours).map(({ address, device }) => `${address} ${device}`)
const without = (address: string): typeof network.state => ({
  ...network.state,
  addresses: network.state.addresses.filter((entry) => entry.address !== address),
})
const removed = 'Deleted 2: eth0    inet 203.0.113.50/32 scope global eth0'

describe('what is wanted', () => {
  test('is carried at once, and taken off when it is wanted no more', async () => {
    want([web])
    await clock.advance(0)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
    expect(reports.at(-1)).toMatchObject({ carried: ['203.0.113.50'], problems: [] })
    want([])
    await clock.advance(0)
    expect(ours()).toEqual([])
  })

  test('is not known before it was said, and then nothing is touched', async () => {
    want([web])
    await clock.advance(0)
    await crash()
    const before = network.changes.length
    start()
    network.tell(removed)
    await clock.advance(600_000)
    expect(network.changes.length).toBe(before)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
    want([])
    await clock.advance(0)
    expect(ours()).toEqual([])
  })

  test('changes nothing the second time', async () => {
    want([web])
    await clock.advance(0)
    want([web])
    await clock.advance(600_000)
    expect(network.changes.length).toBe(1)
  })
})

describe('what is removed by hand', () => {
  test('is back in 20 ms', async () => {
    want([web])
    await clock.advance(60_000)
    network.alter(without('203.0.113.50'), removed)
    expect(ours()).toEqual([])
    await clock.advance(20)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
  })

  test('is back once a second when it is removed again and again', async () => {
    want([web])
    await clock.advance(60_000)
    const before = network.reads
    for (let turn = 0; turn < 600; turn++) {
      network.alter(without('203.0.113.50'), removed)
      await clock.advance(100)
    }
    expect(network.reads - before).toBeGreaterThan(50)
    expect(network.reads - before).toBeLessThan(70)
  })

  test('unheard, is back within half a minute', async () => {
    want([web])
    await clock.advance(60_000)
    network.alter(without('203.0.113.50'), '')
    await clock.advance(30_000)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
  })

  test('is not looked for when the event is about pods', async () => {
    want([web])
    await clock.advance(45_000)
    const before = network.reads
    network.tell('7: veth12@if2: <BROADCAST,UP> mtu 1500 state UP group default')
    network.tell('10.244.2.0/24 via 192.0.2.11 dev eth0 proto kernel')
    await clock.advance(1000)
    expect(network.reads).toBe(before)
  })
})

describe('the translation', () => {
  test('is made when the anchor has been learnt, and the address is carried before', async () => {
    const answer = Promise.withResolvers<string>()
    metadata = () => answer.promise
    want([anchored])
    await clock.advance(0)
    expect(ours()).toEqual(['203.0.113.60 lo'])
    expect(reports.at(-1)?.problems).toMatchObject([{ address: '203.0.113.60', code: 'AnchorUnknown' }])
    answer.resolve('10.17.0.5')
    await clock.advance(0)
    expect(network.state.translations).toMatchObject({ entries: [{ from: '10.17.0.5', to: '203.0.113.60' }] })
    expect(reports.at(-1)).toMatchObject({ carried: ['203.0.113.60'], problems: [] })
  })

  test('stays over a restart during which the metadata is away', async () => {
    want([anchored])
    await clock.advance(0)
    await crash()
    metadata = () => Promise.reject(new Error('no route'))
    start()
    want([anchored])
    await clock.advance(3_600_000)
    expect(network.state.translations).toMatchObject({ entries: [{ from: '10.17.0.5', to: '203.0.113.60' }] })
    expect(errors.length).toBeGreaterThan(10)
    expect(errors.length).toBeLessThan(100)
  })

  test('ends with the role, while the address stays for as long as it is wanted', async () => {
    want([anchored])
    await clock.advance(0)
    want([{ ...anchored, role: 'candidate' }])
    await clock.advance(0)
    expect(network.state.translations).toEqual({ kind: 'absent' })
    expect(ours()).toEqual(['203.0.113.60 lo'])
  })
})

describe('when something goes wrong', () => {
  test('a change that the kernel refuses stops no other, is said, and is tried again', async () => {
    let refuses = true
    network.fault = (what) => {
      if (refuses && typeof what === 'object' && what.kind === 'addAddress') {
        if (what.address.address === '203.0.113.50') throw new Error('RTNETLINK answers: no')
      }
    }
    const other: WantedAddress = { plan: routedPlan('2001:db8::1'), role: 'holder' }
    want([web, other])
    await clock.advance(0)
    expect(reports.at(-1)).toMatchObject({
      carried: ['2001:db8::1'],
      problems: [{ address: '203.0.113.50', code: 'ChangeFailed', message: 'RTNETLINK answers: no' }],
    })
    const before = network.changes.length
    await clock.advance(600_000)
    expect(network.changes.length - before).toBeLessThan(40)
    refuses = false
    await clock.advance(30_000)
    expect(reports.at(-1)).toMatchObject({ carried: ['203.0.113.50', '2001:db8::1'], problems: [] })
  })

  test('a network that cannot be read is left alone, and read again', async () => {
    want([web])
    await clock.advance(0)
    network.fault = () => {
      throw new Error('no memory')
    }
    want([])
    await clock.advance(120_000)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
    expect(errors.length).toBeLessThan(20)
    network.fault = () => undefined
    await clock.advance(30_000)
    expect(ours()).toEqual([])
  })

  test('a listener that ends is started anew, and what was missed is looked for', async () => {
    await crash()
    let fails = true
    network.fault = (what) => {
      if (what === 'watch' && fails) throw new Error('out of buffers')
    }
    start()
    want([web])
    await clock.advance(3000)
    expect(errors.length).toBeGreaterThan(1)
    network.alter(without('203.0.113.50'), '')
    fails = false
    await clock.advance(2000)
    expect(ours()).toEqual(['203.0.113.50 eth0'])
  })

  test('a crash after any change leaves what is there, and the next run ends the same', async () => {
    const wanted = [web, anchored, { plan: routedPlan('2001:db8::1'), role: 'holder' }] as const
    want(wanted)
    await clock.advance(0)
    const whole = { addresses: ours(), translations: network.state.translations }
    const count = network.changes.length
    expect(count).toBe(4)
    for (let step = 0; step < count; step++) {
      await crash()
      network = createModelNetwork(plainNode)
      let left = step
      network.fault = (what) => {
        if (typeof what === 'object' && left-- === 0) stop.abort('over')
        if (stop.signal.aborted) stop.signal.throwIfAborted()
      }
      start()
      want(wanted)
      await clock.advance(0)
      expect(network.changes.length).toBe(step + 1)
      network.fault = () => undefined
      start()
      want(wanted)
      await clock.advance(0)
      expect({ addresses: ours().toSorted(), translations: network.state.translations }).toEqual({
        ...whole,
        addresses: whole.addresses.toSorted(),
      })
    }
  })
})
