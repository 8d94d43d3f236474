import { expect, test } from 'vitest'
import { CommandError } from '../commands/command-error.ts'
import type { RunCommand } from '../commands/run-command.ts'
import { AnswerError } from './answer-error.ts'
import { readNetwork } from './read-network.ts'

// As iproute2 6.1 and nftables 1.0.6 print them, fields that nobody reads left out.
const lo = {
  ifname: 'lo',
  flags: ['LOOPBACK', 'UP'],
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
  addr_info: [
    { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', label: 'lo' },
    { family: 'inet', local: '203.0.113.50', prefixlen: 32, metric: 747600747, scope: 'host', label: 'lo' },
  ],
}
const eth0 = {
  ifname: 'eth0',
  link: 'v1',
  link_type: 'ether',
  address: '02:FC:00:00:00:01',
  master: 'br0',
  addr_info: [
    { family: 'inet', local: '192.0.2.2', prefixlen: 24, metric: 100, scope: 'global' },
    {
      family: 'inet6',
      local: '2001:db8::5',
      prefixlen: 64,
      metric: 747600747,
      scope: 'global',
      nodad: true,
      deprecated: true,
    },
    {
      family: 'inet6',
      local: '2001:db8::6',
      prefixlen: 64,
      metric: 747600747,
      scope: 'global',
      deprecated: true,
      dadfailed: true,
    },
  ],
}
const defaults4 = [
  { type: 'unreachable', dst: 'default', dev: 'lo', metric: 0, flags: [] },
  { dst: 'default', gateway: '192.0.2.1', dev: 'eth1', metric: 200, flags: [] },
  { dst: 'default', dev: 'eth9', protocol: '74', metric: 1, flags: [] },
  { dst: 'default', gateway: '192.0.2.1', dev: 'eth0', metric: 100, flags: [] },
]
const defaults6 = [
  { dst: 'default', metric: 1024, flags: [], nexthops: [{ gateway: 'fe80::1', dev: 'eth0', weight: 1 }] },
]
const routes4 = [
  { dst: '198.51.100.7', gateway: '192.0.2.1', dev: 'eth0', flags: ['onlink'] },
  { dst: 'default', dev: 'eth0', flags: [] },
]
const concat = (device: string, address: string): unknown => ({ concat: [device, address] })
const table = {
  nftables: [
    { metainfo: { version: '1.0.6' } },
    { table: { family: 'inet', name: 'failover-ip' } },
    { map: { name: 'inward_ipv4', elem: [[concat('eth0', '10.17.0.5'), '203.0.113.50']] } },
    { map: { name: 'outward_ipv4', elem: [[concat('eth0', '203.0.113.50'), '10.17.0.5']] } },
    { map: { name: 'inward_ipv6' } },
    { map: { name: 'outward_ipv6' } },
    { chain: { name: 'prerouting', hook: 'prerouting', prio: -300 } },
    { chain: { name: 'postrouting', hook: 'postrouting', prio: 300 } },
    ...['prerouting', 'prerouting', 'postrouting', 'postrouting'].map((chain) => ({ rule: { chain, expr: [] } })),
  ],
}

type Answers = Readonly<Record<string, unknown>>
const answers: Answers = {
  'ip -json address show': [
    lo,
    eth0,
    {},
    { ...eth0, ifname: 'eth"; #' },
    { ifname: 'tun0', addr_info: [{ family: 'inet', address: '10.0.0.1' }] },
  ],
  'ip -json -4 route show default': defaults4,
  'ip -json -6 route show default': defaults6,
  'ip -json -4 route show proto 74': routes4,
  'ip -json -6 route show proto 74': '',
  'nft -json list table inet failover-ip': table,
}

const { signal } = new AbortController()
const running =
  (more: Answers = {}): RunCommand =>
  (command) => {
    const answer = { ...answers, ...more }[command.join(' ')]
    if (answer instanceof Error) return Promise.reject(answer)
    return Promise.resolve(typeof answer === 'string' ? answer : JSON.stringify(answer))
  }

test('tells what is ours from what is not', async () => {
  const { links, addresses, defaultDevice, routes } = await readNetwork(running(), { signal })
  expect(links).toEqual([
    { name: 'lo', enslaved: false },
    { name: 'eth0', mac: '02:fc:00:00:00:01', enslaved: true },
    { name: 'tun0', enslaved: false },
  ])
  expect(addresses.map(({ address, device, ours, settled }) => [address, device, ours, settled])).toEqual([
    ['127.0.0.1', 'lo', false, true],
    ['203.0.113.50', 'lo', true, true],
    ['192.0.2.2', 'eth0', false, true],
    ['2001:db8::5', 'eth0', true, true],
    ['2001:db8::6', 'eth0', true, false],
  ])
  expect(defaultDevice).toEqual({ ipv4: 'eth0', ipv6: 'eth0' })
  expect(routes).toEqual([
    { destination: '198.51.100.7/32', device: 'eth0', via: '192.0.2.1' },
    { destination: '0.0.0.0/0', device: 'eth0' },
  ])
})

test('sees when the kernel would speak as an IPv4 address of ours', async () => {
  const entry = (local: string, metric?: number): unknown => ({
    family: 'inet',
    local,
    prefixlen: 24,
    metric,
    scope: 'global',
  })
  const settled = async (...addr_info: readonly unknown[]): Promise<readonly boolean[]> => {
    const answer = [{ ifname: 'eth0', addr_info }]
    const { addresses } = await readNetwork(running({ 'ip -json address show': answer }), { signal })
    return addresses.map((address) => address.settled)
  }
  const [own, ours, other] = [entry('192.0.2.2'), entry('203.0.113.50', 747600747), entry('192.0.2.3')]
  expect(await settled(own, ours)).toEqual([true, true])
  expect(await settled(own, ours, other)).toEqual([true, true, true])
  expect(await settled(ours, own)).toEqual([false, true])
  expect(await settled(ours)).toEqual([true])
})

test('sees translations, and when a part of their table is gone', async () => {
  const entries = [{ device: 'eth0', from: '10.17.0.5', to: '203.0.113.50' }]
  const { translations } = await readNetwork(running(), { signal })
  expect(translations).toEqual({ kind: 'present', intact: true, entries })
  for (const kind of ['chain', 'rule', 'outward_ipv4']) {
    const gone = table.nftables.findLastIndex((item) => kind in item || JSON.stringify(item).includes(`"${kind}"`))
    const rest = { nftables: table.nftables.toSpliced(gone, 1) }
    const damaged = await readNetwork(running({ 'nft -json list table inet failover-ip': rest }), { signal })
    expect(damaged.translations).toEqual({ kind: 'present', intact: false, entries })
  }
})

test('tells a table that is not there from an nftables that does not answer', async () => {
  const failing = (stderr: string): Promise<{ readonly translations: unknown }> => {
    const error = new CommandError('CommandFailed', ['nft'], stderr)
    return readNetwork(running({ 'nft -json list table inet failover-ip': error }), { signal })
  }
  expect((await failing('Error: No such file or directory')).translations).toEqual({ kind: 'absent' })
  expect((await failing('Operation not permitted')).translations).toMatchObject({ kind: 'unreadable' })
  const odd = await readNetwork(running({ 'nft -json list table inet failover-ip': 'Segmentation fault' }), { signal })
  expect(odd.translations).toMatchObject({ kind: 'unreadable' })
})

test('does not act on an answer that it cannot read', async () => {
  for (const answer of ['Object "-json" is unknown', '{"addresses":[]}']) {
    const attempt = readNetwork(running({ 'ip -json address show': answer }), { signal })
    await expect(attempt).rejects.toBeInstanceOf(AnswerError)
  }
})
