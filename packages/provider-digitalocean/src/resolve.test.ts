import { describe, expect, it } from 'vitest'
import { nodeOf, setUp, v6 } from './testing/set-up.ts'

const at = (id: string, location = 'nyc3'): { readonly id: string; readonly location: string } => ({ id, location })

describe('resolve', () => {
  it('matches by providerID, with what each Droplet carries, strangers included [A4]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const [a, b] = [cloud.addDroplet(), cloud.addDroplet({ location: 'fra1' })]
    const { unit } = cloud.addAddress({ droplet: a.id })
    cloud.addAddress({ unit: v6, droplet: a.id })
    const nodes = [nodeOf('a', { providerID: a.providerID }), nodeOf('b', { providerID: b.providerID })]
    expect(await run(routing.resolve(nodes, { signal }))).toEqual([
      { kind: 'matched', node: 'a', server: at(a.id), units: [unit, v6] },
      { kind: 'matched', node: 'b', server: at(b.id, 'fra1'), units: [] },
    ])
  })

  it('matches a node without providerID by an address of its own, never by one that moves [A4]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const [a, b, c] = [cloud.addDroplet(), cloud.addDroplet(), cloud.addDroplet({ privateAddress: '10.108.9.9' })]
    const moved = cloud.addAddress({ droplet: b.id })
    cloud.addDroplet({ privateAddress: '10.108.9.9' })
    const nodes = [
      nodeOf('a', { addresses: [moved.id, a.privateAddress] }),
      nodeOf('only-moved', { addresses: [moved.id] }),
      nodeOf('twin', { addresses: [c.privateAddress] }),
    ]
    expect(await run(routing.resolve(nodes, { signal }))).toMatchObject([
      { kind: 'matched', server: at(a.id) },
      { kind: 'unmatched', message: expect.stringContaining('no Droplet has one of its addresses') as string },
      { kind: 'unmatched', message: expect.stringContaining('2 Droplets have one of its addresses') as string },
    ])
  })

  it('says why a node has no Droplet', async () => {
    const { routing, signal, run } = setUp()
    const nodes = [
      nodeOf('alien', { providerID: 'aws:///eu-west-3a/i-0' }),
      nodeOf('named', { providerID: 'digitalocean://web' }),
      nodeOf('gone', { providerID: 'digitalocean://7' }),
    ]
    const matches = await run(routing.resolve(nodes, { signal }))
    expect(matches.map((match) => (match.kind === 'unmatched' ? match.message : match.kind))).toEqual([
      'Node alien has providerID "aws:///eu-west-3a/i-0", which is no Droplet of DigitalOcean\'s.',
      'Node named has providerID "digitalocean://web", which is no Droplet of DigitalOcean\'s.',
      'Node gone is Droplet 7, which this account does not have. Check whose token is in the Secret.',
    ])
  })

  it('knows the Droplet, not its slots, when addresses cannot be read, and searches for none', async () => {
    const { cloud, routing, signal, run } = setUp()
    const { providerID, id, privateAddress } = cloud.addDroplet()
    cloud.faults.add({ path: 'reserved_ip', times: Infinity, fault: { kind: 'status', status: 502 } })
    const nodes = [nodeOf('a', { providerID }), nodeOf('b', { addresses: [privateAddress] })]
    expect(await run(routing.resolve(nodes, { signal }))).toEqual([
      { kind: 'matched', node: 'a', server: at(id) },
      { kind: 'unknown', node: 'b', message: expect.any(String) as string },
    ])
  })
})

describe('serverStates', () => {
  it('calls off what is off and gone what a read of its own does not find', async () => {
    const { cloud, routing, signal, run } = setUp()
    const droplets = (['active', 'off', 'new', 'archive'] as const).map((status) => cloud.addDroplet({ status }))
    const servers = [...droplets.map(({ id }) => at(id)), at('7')]
    const expected = ['running', 'stopped', 'unknown', 'unknown', 'gone']
    expect(await run(routing.serverStates?.(servers, { signal }) ?? Promise.resolve([]))).toEqual(expected)
    const more = [...servers, at('8')]
    const before = cloud.requests.length
    expect(await run(routing.serverStates?.(more, { signal }) ?? Promise.resolve([]))).toEqual([...expected, 'gone'])
    expect(cloud.requests.length - before).toBe(3)
  })
})
