import { expect, test } from 'vitest'
import { shareOfNode, wantedOf } from './share-of-node.ts'
import type { Wanted } from './wanted-address.ts'

const wantedOnNode = (failoverIPs: readonly unknown[], node: string): Wanted =>
  wantedOf(failoverIPs.map((failoverIP) => shareOfNode(failoverIP, node)))

const plan = {
  carriedBy: 'Candidates',
  prefixLength: 32,
  device: { rule: 'defaultRoute', family: 'ipv4' },
  scope: 'global',
  routes: [],
  announce: 'none',
}
const address = (more: object = {}): object => ({
  address: '203.0.113.50',
  unit: '203.0.113.50/32',
  nodePlan: plan,
  ...more,
})
const failoverIP = (addresses: readonly object[], more: object = {}): unknown => ({
  metadata: { namespace: 'ingress', name: 'web' },
  spec: { addresses: ['203.0.113.50'] },
  status: { addresses, ...more },
})
const roles = (...failoverIPs: readonly unknown[]): readonly string[] =>
  wantedOnNode(failoverIPs, 'n1').carry.map(({ plan: { address: text }, role }) => `${text} ${role}`)

test('an address is carried by its holder, and by who is about to get it', () => {
  expect(roles(failoverIP([address({ node: 'n1' })]))).toEqual(['203.0.113.50 holder'])
  expect(roles(failoverIP([address({ node: 'n2' })]))).toEqual([])
  const operation = { id: 'x', kind: 'assign', toNode: 'n1' }
  expect(roles(failoverIP([address({ node: 'n2', operation })]))).toEqual(['203.0.113.50 holder'])
  const release = { ...operation, kind: 'release' }
  expect(roles(failoverIP([address({ node: 'n2', operation: release })]))).toEqual([])
})

test('a standby carries it where the cloud wants candidates to', () => {
  const standbys = ['n3', 'n1']
  expect(roles(failoverIP([address({ node: 'n2' })], { standbys }))).toEqual(['203.0.113.50 candidate'])
  const nodePlan = { ...plan, carriedBy: 'Holder' }
  expect(roles(failoverIP([address({ node: 'n2', nodePlan })], { standbys }))).toEqual([])
})

test('of two FailoverIPs that name one address the one that has it here counts', () => {
  const standby = failoverIP([address({ node: 'n2' })], { standbys: ['n1'] })
  expect(roles(standby, failoverIP([address({ node: 'n1' })]))[0]).toBe('203.0.113.50 holder')
})

test('nothing is asked without a plan, or before there is a status', () => {
  const nothing = { carry: [], leave: [] }
  expect(wantedOnNode([failoverIP([{ address: '203.0.113.50', node: 'n1' }])], 'n1')).toEqual(nothing)
  expect(wantedOnNode([{ spec: { addresses: ['203.0.113.50'] } }], 'n1')).toEqual(nothing)
})

test('the plan comes in the kernel’s spelling, with what a cloud says of delivery', () => {
  const nodePlan = {
    ...plan,
    prefixLength: 64,
    device: { rule: 'subnet', cidr: 'FD00:17::/64' },
    routes: [{ destination: '2001:DB8::', via: 'FE80::1' }],
    translateFrom: { address: 'FD00:17:0::5' },
    later: true,
  }
  const { carry } = wantedOnNode([failoverIP([{ address: '2001:DB8:50::1', node: 'n1', nodePlan }])], 'n1')
  expect(carry).toEqual([
    {
      role: 'holder',
      epoch: 0,
      plan: {
        address: '2001:db8:50::1',
        prefixLength: 64,
        device: { rule: 'subnet', cidr: 'fd00:17::/64' },
        scope: 'global',
        routes: [{ destination: '2001:db8::/128', via: 'fe80::1' }],
        translateFrom: 'fd00:17::5',
        announce: 'none',
      },
    },
  ])
  const metadataUrl = 'http://169.254.169.254/anchor'
  const anchored = { ...plan, translateFrom: { metadataUrl } }
  const [wanted] = wantedOnNode([failoverIP([address({ node: 'n1', nodePlan: anchored })])], 'n1').carry
  expect(wanted?.plan.translateFrom).toEqual({ metadataUrl })
})

test.each([
  ['a device rule of the future', { device: { rule: 'vrf', name: 'x' } }],
  ['a prefix longer than the address', { prefixLength: 33 }],
  ['a scope that is none', { scope: 'site' }],
  ['a route of another family', { routes: [{ destination: '2001:db8::/64' }] }],
  ['a route that is none', { routes: [{ destination: '198.51.100.0/24 dev eth0' }] }],
  ['an anchor of another family', { translateFrom: { address: 'fd00::5' } }],
  ['a translation from nowhere', { translateFrom: {} }],
  ['a MAC that is none', { device: { rule: 'mac', mac: '02-00' } }],
  [
    'more routes than a node should have',
    { routes: Array.from({ length: 17 }, () => ({ destination: '198.51.100.0/24' })) },
  ],
])('a plan with %s is not carried out, and what is there stays', (_, more) => {
  const nodePlan = { ...plan, ...more }
  expect(wantedOnNode([failoverIP([address({ node: 'n1', nodePlan })])], 'n1')).toEqual({
    carry: [],
    leave: ['203.0.113.50'],
  })
})

test('of a FailoverIP that cannot be read everything stays, and others are served', () => {
  const broken = { spec: { addresses: ['203.0.113.51'] }, status: { addresses: 'none' } }
  expect(wantedOnNode([broken, null, 7, failoverIP([address({ node: 'n1' })])], 'n1')).toMatchObject({
    carry: [{ role: 'holder' }],
    leave: ['203.0.113.51'],
  })
})

test('each address comes with its epoch, which an intent has raised already', () => {
  const epochs = (...addresses: readonly object[]): readonly unknown[] =>
    shareOfNode(failoverIP(addresses, { standbys: ['n1'] }), 'n1').carry.map(({ epoch }) => epoch)
  const operation = { id: 'x', kind: 'assign', toNode: 'n1', epoch: 8 }
  expect(epochs(address({ node: 'n1', epoch: 7 }))).toEqual([7])
  expect(epochs(address({ node: 'n2', epoch: 7 }))).toEqual([7])
  expect(epochs(address({ node: 'n2', epoch: 8, operation }))).toEqual([8])
})

test('the first two standbys stand witness for the holder, with or without a plan', () => {
  const witnessFor = (node: string): readonly string[] =>
    shareOfNode(failoverIP([{ address: '203.0.113.50', node: 'n9' }], { standbys: ['n1', 'n2', 'n3'] }), node)
      .witnessFor
  expect(witnessFor('n1')).toEqual(['n9'])
  expect(witnessFor('n2')).toEqual(['n9'])
  expect(witnessFor('n3')).toEqual([])
  expect(witnessFor('n9')).toEqual([])
})
