import { expect, test } from 'vitest'
import { changeCommand } from './change-command.ts'

const text = (...change: Parameters<typeof changeCommand>): string => changeCommand(...change).command.join(' ')

test('adds an IPv4 address with our mark', () => {
  const address = { device: 'lo', address: '203.0.113.50', prefixLength: 32, scope: 'host' } as const
  expect(text({ kind: 'addAddress', address })).toBe(
    'ip address add 203.0.113.50/32 dev lo scope host metric 747600747',
  )
  expect(text({ kind: 'removeAddress', address })).toBe('ip address delete 203.0.113.50/32 dev lo')
})

test('adds an IPv6 address that asks nobody and is never chosen as source', () => {
  const address = { device: 'eth0', address: '2001:db8::5', prefixLength: 64, scope: 'global' } as const
  expect(text({ kind: 'addAddress', address })).toBe(
    'ip address add 2001:db8::5/64 dev eth0 scope global metric 747600747 nodad preferred_lft 0',
  )
})

test('adds a route with our mark, by a gateway that need not lie in a network of the device', () => {
  const route = { destination: '198.51.100.0/24', device: 'eth0', via: '62.210.0.1' }
  expect(text({ kind: 'addRoute', route })).toBe('ip route add 198.51.100.0/24 via 62.210.0.1 dev eth0 onlink proto 74')
  expect(text({ kind: 'removeRoute', route: { destination: '::/0', device: 'eth0' } })).toBe(
    'ip route delete ::/0 dev eth0 proto 74',
  )
})

test('replaces all translations in one transaction, and leaves no table without any', () => {
  const clear = 'table inet failover-ip {}\ndelete table inet failover-ip\n'
  expect(changeCommand({ kind: 'setTranslations', translations: [] })).toEqual({
    command: ['nft', '-f', '-'],
    input: clear,
  })
  const translations = [{ device: 'eth0', from: '10.17.0.5', to: '203.0.113.50' }]
  const { input = '' } = changeCommand({ kind: 'setTranslations', translations })
  expect(input.startsWith(clear)).toBe(true)
  expect(input).toContain(
    'map inward_ipv4 { type ifname . ipv4_addr : ipv4_addr; elements = { "eth0" . 10.17.0.5 : 203.0.113.50 } }',
  )
  expect(input).toContain(
    'map outward_ipv4 { type ifname . ipv4_addr : ipv4_addr; elements = { "eth0" . 203.0.113.50 : 10.17.0.5 } }',
  )
})
