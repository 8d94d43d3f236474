import { expect, test } from 'vitest'
import type { AddressReport } from '../plane/address-plane.ts'
import { routedPlan } from '../testing/plans.ts'
import { nodeContent, type NodeContent } from './node-content.ts'

const fastDetection = { isProven: true, why: 'Operators probe this node and are answered.' }
const report = (more: Partial<AddressReport>): AddressReport => ({
  wanted: { carry: [], leave: [] },
  carried: [],
  problems: [],
  changes: [],
  interfaces: [],
  ...more,
})
const contentOf = (more: Partial<AddressReport>): NodeContent =>
  nodeContent({ bootID: 'boot', report: report(more), fastDetection })
const wanted = (address: string, epoch: number): AddressReport['wanted']['carry'][number] => ({
  plan: routedPlan(address),
  role: 'holder',
  epoch,
})

test('is in an order of its own, whatever order FailoverIPs come in', () => {
  const carry = [wanted('203.0.113.9', 2), wanted('203.0.113.10', 1)]
  const carried = carry.map(({ plan }) => plan.address)
  const one = contentOf({ wanted: { carry, leave: [] }, carried })
  expect(one).toEqual(contentOf({ wanted: { carry: carry.toReversed(), leave: [] }, carried }))
  expect(one.addresses.map(({ address, epoch }) => `${address} ${epoch}`)).toEqual(['203.0.113.10 1', '203.0.113.9 2'])
})

test('names an address once, with its first problem, and cut to what the API takes', () => {
  const address = '203.0.113.9'
  const problems = [
    { address, code: 'ChangeFailed', message: 'x'.repeat(600) },
    { address, code: 'AlreadyWanted', message: 'later' },
  ] as const
  const { addresses } = contentOf({ wanted: { carry: [wanted(address, 1), wanted(address, 2)], leave: [] }, problems })
  expect(addresses).toEqual([
    { address, epoch: 1, role: 'holder', carried: false, reason: 'ChangeFailed', message: 'x'.repeat(512) },
  ])
})

test('is no longer than the API takes', () => {
  const carry = Array.from({ length: 2100 }, (_, index) => wanted(`10.0.${Math.floor(index / 250)}.${index % 250}`, 1))
  const interfaces = Array.from({ length: 70 }, (_, index) => ({ name: `eth${index}`, enslaved: false }))
  const content = contentOf({ wanted: { carry, leave: [] }, interfaces })
  expect([content.addresses.length, content.interfaces.length]).toEqual([2048, 64])
})
