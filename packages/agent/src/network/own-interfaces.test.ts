import { expect, test } from 'vitest'
import type { CarriedAddress } from './network-state.ts'
import { ownInterfaces } from './own-interfaces.ts'

const on = (device: string, address: string, ours = false): CarriedAddress => ({
  device,
  address,
  prefixLength: address.includes(':') ? 64 : 24,
  scope: 'global',
  ours,
  settled: true,
})
const link = (name: string, mac?: string) => ({ name, enslaved: false, ...(mac === undefined ? {} : { mac }) })

test('are those with an address of the node, and no pods’, no loopback, and none that has ours alone', () => {
  const state = {
    links: [
      link('lo'),
      link('eth0', '02:00:00:00:00:01'),
      link('veth1', '02:00:00:00:00:02'),
      link('eth1', '02:00:00:00:00:03'),
    ],
    addresses: [
      on('lo', '127.0.0.1'),
      on('eth0', '192.0.2.10'),
      on('veth1', 'fe80::1'),
      on('veth1', '169.254.1.1'),
      on('eth1', '203.0.113.50', true),
    ],
    defaultDevice: {},
    routes: [],
    translations: { kind: 'absent' },
  } as const
  expect(ownInterfaces(state)).toEqual([link('eth0', '02:00:00:00:00:01')])
})
