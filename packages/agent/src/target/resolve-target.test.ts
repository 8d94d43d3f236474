import type { NodePlan } from '@failover-ip/provider'
import { describe, expect, test } from 'vitest'
import type { Change } from '../network/change.ts'
import type { CarriedAddress, NetworkState, Translation } from '../network/network-state.ts'
import { anchoredPlan, anchorUrl, plainNode, routedPlan } from '../testing/plans.ts'
import type { Wanted, WantedAddress } from '../wanted/wanted-address.ts'
import { planChanges } from './plan-changes.ts'
import { resolveTarget } from './resolve-target.ts'

const holder = (plan: NodePlan): WantedAddress => ({ plan, role: 'holder' })
const asked = (carry: readonly WantedAddress[], leave: readonly string[] = []): Wanted => ({ carry, leave })
const anchors = new Map([[anchorUrl, '10.17.0.5']])

function changes(
  wanted: readonly WantedAddress[],
  state: NetworkState = plainNode,
  known: ReadonlyMap<string, string> = anchors,
): readonly Change[] {
  return planChanges(resolveTarget(asked(wanted), state, known), state)
}

const codes = (wanted: readonly WantedAddress[], state: NetworkState = plainNode): readonly string[] =>
  resolveTarget(asked(wanted), state, anchors).problems.map(({ code }) => code)

const ours = (address: string, device: string, more: Partial<CarriedAddress> = {}): CarriedAddress => ({
  device,
  address,
  prefixLength: address.includes(':') ? 128 : 32,
  scope: 'global',
  ours: true,
  settled: true,
  ...more,
})
const carrying = (...addresses: readonly CarriedAddress[]): NetworkState => ({
  ...plainNode,
  addresses: [...plainNode.addresses, ...addresses],
})
const translating = (...entries: readonly Translation[]): NetworkState => ({
  ...plainNode,
  translations: { kind: 'present', intact: true, entries },
})

describe('the device', () => {
  const device = (rule: NodePlan['device'], state: NetworkState = plainNode): string | undefined =>
    resolveTarget(asked([holder({ ...routedPlan('203.0.113.50'), device: rule })]), state, anchors).addresses[0]?.device

  test('is the one of the default route, of a name, of a MAC in any spelling, or of a subnet', () => {
    expect(device({ rule: 'defaultRoute', family: 'ipv4' })).toBe('eth0')
    expect(device({ rule: 'name', name: 'lo' })).toBe('lo')
    expect(device({ rule: 'mac', mac: '02:00:00:00:00:01'.toUpperCase() })).toBe('eth0')
    expect(device({ rule: 'subnet', cidr: '192.0.2.0/24' })).toBe('eth0')
  })

  test('is the bridge rather than its member of the same MAC', () => {
    const [lo, member] = plainNode.links
    if (lo === undefined || member === undefined) expect.fail('two links')
    const links = [lo, { ...member, enslaved: true }, { ...member, name: 'br0' }]
    expect(device({ rule: 'mac', mac: '02:00:00:00:00:01' }, { ...plainNode, links })).toBe('br0')
  })

  test('is not found by an address of ours in the subnet', () => {
    const state = carrying(ours('198.51.100.9', 'lo'))
    expect(device({ rule: 'subnet', cidr: '198.51.100.0/24' }, state)).toBeUndefined()
  })

  test('that is not there is a problem, and what was ours stays where it was', () => {
    const plan = { ...routedPlan('203.0.113.50'), device: { rule: 'name', name: 'eth9' } } as const
    expect(codes([holder(plan)])).toEqual(['DeviceNotFound'])
    expect(changes([holder(plan)], carrying(ours('203.0.113.50', 'eth0')))).toEqual([])
  })
})

describe('an address', () => {
  test('is added as a candidate too, and taken off when nobody asks for it', () => {
    const added = { device: 'eth0', address: '203.0.113.50', prefixLength: 32, scope: 'global' }
    const candidate = { plan: routedPlan('203.0.113.50'), role: 'candidate' } as const
    expect(changes([candidate])).toEqual([{ kind: 'addAddress', address: added }])
    const removed = { device: 'eth0', address: '203.0.113.50', prefixLength: 32 }
    expect(changes([], carrying(ours('203.0.113.50', 'eth0')))).toEqual([{ kind: 'removeAddress', address: removed }])
  })

  test('goes to another device before it leaves the old one', () => {
    const kinds = changes([holder(routedPlan('203.0.113.50'))], carrying(ours('203.0.113.50', 'lo')))
    expect(kinds.map(({ kind }) => kind)).toEqual(['addAddress', 'removeAddress'])
  })

  test('of which duplicate detection has found another is added anew', () => {
    const broken = carrying(ours('2001:db8::1', 'eth0', { settled: false }))
    expect(changes([holder(routedPlan('2001:db8::1'))], broken).map(({ kind }) => kind)).toEqual([
      'removeAddress',
      'addAddress',
    ])
  })

  test('of a stranger is as good as ours, and stays when we no longer want it', () => {
    const state = carrying(ours('203.0.113.50', 'eth0', { ours: false, prefixLength: 24 }))
    expect(changes([holder(routedPlan('203.0.113.50'))], state)).toEqual([])
    expect(changes([], state)).toEqual([])
  })

  test('that is wanted twice is said', () => {
    expect(codes([holder(routedPlan('203.0.113.50')), holder(anchoredPlan('203.0.113.50'))])).toEqual(['AlreadyWanted'])
  })
})

describe('a translation', () => {
  const entry = { device: 'eth0', from: '10.17.0.5', to: '203.0.113.50' }

  test('is made by the holder alone, from the device that has the anchor', () => {
    expect(changes([holder(anchoredPlan('203.0.113.50'))])).toContainEqual({
      kind: 'setTranslations',
      translations: [entry],
    })
    const state = translating(entry)
    const candidate = { plan: anchoredPlan('203.0.113.50'), role: 'candidate' } as const
    expect(changes([candidate], state)).toContainEqual({ kind: 'setTranslations', translations: [] })
  })

  test('stays while the anchor cannot be asked for, unless another address is served from it', () => {
    const unknown = holder(anchoredPlan('203.0.113.50'))
    expect(changes([unknown], translating(entry), new Map())).not.toContainEqual(
      expect.objectContaining({ kind: 'setTranslations' }),
    )
    const other = holder({ ...anchoredPlan('203.0.113.51'), translateFrom: '10.17.0.5' })
    expect(changes([unknown, other], translating(entry), new Map())).toContainEqual({
      kind: 'setTranslations',
      translations: [{ ...entry, to: '203.0.113.51' }],
    })
  })

  test('is put whole again when a part of it was removed', () => {
    const damaged = { ...plainNode, translations: { kind: 'present', intact: false, entries: [entry] } } as const
    expect(changes([holder(anchoredPlan('203.0.113.50'))], damaged)).toContainEqual({
      kind: 'setTranslations',
      translations: [entry],
    })
  })

  test('needs an anchor of its family, on an interface, that serves no other, and an nftables that answers', () => {
    expect(codes([holder(anchoredPlan('2001:db8::1'))])).toEqual(['AnchorUnknown'])
    const elsewhere = { ...anchoredPlan('203.0.113.50'), translateFrom: '10.17.0.9' }
    expect(codes([holder(elsewhere)])).toEqual(['AnchorNotHere'])
    expect(codes([holder(anchoredPlan('203.0.113.50')), holder(anchoredPlan('203.0.113.51'))])).toEqual([
      'AlreadyWanted',
    ])
    const silent = { ...plainNode, translations: { kind: 'unreadable', reason: 'nft is missing' } } as const
    expect(codes([holder(anchoredPlan('203.0.113.50'))], silent)).toEqual(['TranslationUnreadable'])
  })
})

test('what is asked for something unreadable is left as it is, and the rest is not', () => {
  const entry = { device: 'eth0', from: '10.17.0.5', to: '203.0.113.50' }
  const carried = ['203.0.113.50', '203.0.113.51'].map((address) => ours(address, 'eth0'))
  const routes = [{ destination: '198.51.100.0/24', device: 'eth0' }]
  const state = { ...carrying(...carried), translations: translating(entry).translations, routes }
  expect(planChanges(resolveTarget(asked([], ['203.0.113.50']), state, anchors), state)).toEqual([
    { kind: 'removeAddress', address: { device: 'eth0', address: '203.0.113.51', prefixLength: 32 } },
  ])
})

describe('a route', () => {
  const plan = { ...routedPlan('203.0.113.50'), routes: [{ destination: '198.51.100.0/24', via: '192.0.2.1' }] }
  const route = { destination: '198.51.100.0/24', device: 'eth0', via: '192.0.2.1' }

  test('goes by the device of the address, and with it', () => {
    expect(changes([holder(plan)])).toContainEqual({ kind: 'addRoute', route })
    expect(changes([], { ...plainNode, routes: [route] })).toEqual([{ kind: 'removeRoute', route }])
  })

  test('that contradicts the one of another address is said', () => {
    const other = { ...routedPlan('203.0.113.51'), routes: [{ destination: '198.51.100.0/24' }] }
    expect(codes([holder(plan), holder(other)])).toEqual(['AlreadyWanted'])
  })
})
