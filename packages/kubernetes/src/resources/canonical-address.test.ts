import { expect, test } from 'vitest'
import { canonicalAddress, canonicalCidr } from './canonical-address.ts'

test.each([
  ['51.15.129.35', '51.15.129.35'],
  ['2001:bc8:710:3c3b::1', '2001:bc8:710:3c3b::1'],
  ['2001:BC8:710:3C3B:0:0:0:1', '2001:bc8:710:3c3b::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['01.2.3.4', undefined],
  ['1.2.3', undefined],
  ['0x7f.1', undefined],
  ['2130706433', undefined],
  ['::ffff:1.2.3.4', undefined],
  ['fe80::1%eth0', undefined],
  ['1.2.3.4/32', undefined],
  ['web', undefined],
  ['', undefined],
])('address %j: %j', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical)
})

test.each([
  ['51.15.0.0/16', '51.15.0.0/16'],
  ['51.15.129.35/16', '51.15.0.0/16'],
  ['2001:BC8::1/32', '2001:bc8::/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['1.2.3.4/33', undefined],
  ['1.2.3.4/08', undefined],
  ['1.2.3.4/', undefined],
  ['1.2.3.4', undefined],
  ['1.2.3.4/8/8', undefined],
  ['::/129', undefined],
])('network %j: %j', (text, canonical) => {
  expect(canonicalCidr(text)).toBe(canonical)
})
