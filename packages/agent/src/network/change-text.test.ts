import { expect, test } from 'vitest'
import { changeText } from './change-text.ts'

test('adds an IPv4 address with our mark', () => {
  const address = { device: 'lo', address: '203.0.113.50', prefixLength: 32, scope: 'host' } as const
  expect(changeText({ kind: 'addAddress', address })).toBe(
    'address add 203.0.113.50/32 dev lo scope host metric 747600747',
  )
  expect(changeText({ kind: 'removeAddress', address })).toBe('address delete 203.0.113.50/32 dev lo')
})

test('adds an IPv6 address that asks nobody and is never chosen as source', () => {
  const address = { device: 'eth0', address: '2001:db8::5', prefixLength: 64, scope: 'global' } as const
  expect(changeText({ kind: 'addAddress', address })).toBe(
    'address add 2001:db8::5/64 dev eth0 scope global metric 747600747 nodad preferred_lft 0',
  )
})

test('adds a route with our mark, by a gateway that need not lie in a network of the device', () => {
  const route = { destination: '198.51.100.0/24', device: 'eth0', via: '62.210.0.1' }
  expect(changeText({ kind: 'addRoute', route })).toBe(
    'route add 198.51.100.0/24 via 62.210.0.1 dev eth0 onlink proto 74',
  )
  expect(changeText({ kind: 'removeRoute', route: { destination: '::/0', device: 'eth0' } })).toBe(
    'route delete ::/0 dev eth0 proto 74',
  )
})
