import { expect, test } from 'vitest'
import { unitOf } from './unit.ts'

test.each([
  ['51.15.129.35', { ipv4: 32 }, '51.15.129.35/32'],
  ['2001:bc8:710:3c3b::1', { ipv6: 64 }, '2001:bc8:710:3c3b::/64'],
  ['2001:0BC8:0710:0000:0000::1', { ipv6: 64 }, '2001:bc8:710::/64'],
  ['2001:bc8::1', { ipv4: 32 }, undefined],
  ['51.15.129.35', { ipv6: 64 }, undefined],
  ['255.0.10.249', { ipv4: 24 }, '255.0.10.0/24'],
  ['51.15.129', { ipv4: 32 }, undefined],
  ['51.15.129.256', { ipv4: 32 }, undefined],
  ['51.15.129.035', { ipv4: 32 }, undefined],
  ['web', { ipv4: 32, ipv6: 64 }, undefined],
])('%s in %o is %s', (address, prefixLength, unit) => {
  expect(unitOf(address, prefixLength)).toBe(unit)
})
