import { expect, test } from 'vitest'
import { type Interest, isOfInterest } from './interest.ts'

const interest: Interest = { devices: new Set(['eth0']), destinations: new Set(['198.51.100.0/24', '198.51.100.7']) }

test.each([
  '4: eth0    inet 203.0.113.50/32 scope global eth0',
  'Deleted 4: eth0    inet6 2001:db8::5/128 scope global deprecated nodad',
  '4: eth0@if9: <BROADCAST,MULTICAST> mtu 1500 state DOWN group default',
  'default via 192.0.2.1 dev eth0',
  'Deleted default via fe80::1 dev eth0 metric 1024',
  'Deleted 198.51.100.0/24 via 192.0.2.1 dev eth0 proto 74',
  'Deleted 198.51.100.7 dev eth0 proto 74',
])('hears %s', (event) => {
  expect(isOfInterest(event, interest)).toBe(true)
})

test.each([
  '9: veth12@if2: <BROADCAST,UP> mtu 1500 master cni0 state UP group default',
  '9: eth01    inet 10.0.0.1/24 scope global eth01',
  '10.244.2.0/24 via 192.0.2.11 dev eth0',
  'local 203.0.113.50 dev eth0 table local proto kernel',
])('does not hear %s', (event) => {
  expect(isOfInterest(event, interest)).toBe(false)
  expect(isOfInterest(event, 'everything')).toBe(true)
})
