import { expect, test } from 'vitest'
import { parseProbeAddress } from './probe-address.ts'

test.each([
  ['10.0.0.1', { host: '10.0.0.1', port: undefined }],
  ['10.0.0.1:22', { host: '10.0.0.1', port: 22 }],
  ['2001:DB8:0::1', { host: '2001:db8::1', port: undefined }],
  ['[2001:db8::1]:65535', { host: '2001:db8::1', port: 65_535 }],
])('reads %s', (text, address) => {
  expect(parseProbeAddress(text)).toEqual(address)
})

test.each([
  '',
  'node-1',
  'node-1:22',
  '10.0.0',
  '10.0.0.1:0',
  '10.0.0.1:65536',
  '10.0.0.1:',
  '[10.0.0.1]:22',
  ':22',
  'fe80::1%eth0',
])('refuses "%s"', (text) => {
  expect(parseProbeAddress(text)).toBeUndefined()
})
