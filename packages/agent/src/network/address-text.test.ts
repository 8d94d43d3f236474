import { expect, test } from 'vitest'
import { canonicalAddress, canonicalNetwork, isWithin } from './address-text.ts'

test.each([
  ['2001:DB8:0:0:0::5', '2001:db8::5'],
  ['203.0.113.50', '203.0.113.50'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['203.0.113.050', undefined],
  ['fe80::1%eth0', undefined],
  ['203.0.113.0/24', undefined],
  ['', undefined],
])('spells the address %j as %j', (text, spelling) => {
  expect(canonicalAddress(text)).toBe(spelling)
})

test.each([
  ['198.51.100.0/24', '198.51.100.0/24'],
  ['198.51.100.7', '198.51.100.7/32'],
  ['2001:DB8::/064', '2001:db8::/64'],
  ['2001:db8::1', '2001:db8::1/128'],
  ['198.51.100.0/33', undefined],
  ['198.51.100.0/', undefined],
  ['198.51.100.0/24/1', undefined],
  ['default', undefined],
])('spells the network %j as %j', (text, spelling) => {
  expect(canonicalNetwork(text)).toBe(spelling)
})

test('knows what lies in a network', () => {
  expect(isWithin('10.17.9.9', '10.17.0.0/16')).toBe(true)
  expect(isWithin('10.18.0.1', '10.17.0.0/16')).toBe(false)
  expect(isWithin('2001:db8::1', '2001:db8::/32')).toBe(true)
  expect(isWithin('2001:db8::1', '10.17.0.0/16')).toBe(false)
})
