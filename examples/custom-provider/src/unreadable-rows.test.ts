import { isProviderError } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, it } from 'vitest'
import { nimbus } from './nimbus.ts'

const { signal } = new AbortController()
const blocks = [
  { cidr: '198.51.100.7/32', site: 'north', machine: 'm-1', moving: false },
  { cidr: 7, site: 'north' },
]
const machines = [
  { id: 'm-1', site: 'north', power: 'on' },
  { id: 'm-2', site: null },
]

const routing = nimbus.create({
  parameters: { apiUrl: 'https://api.nimbus.example' },
  credentials: { NIMBUS_KEY: 'nk-1' },
  clock: createVirtualClock(),
  userAgent: 'test',
  fetch: async (input) => {
    const items = new Request(input).url.includes('/blocks') ? blocks : machines
    return Response.json({ items, total: items.length })
  },
})

it('knows of a list with a row that it cannot read what the other rows say, and calls nothing absent', async () => {
  const [known, other] = await routing.observe(['198.51.100.7/32', '198.51.100.8/32'], { signal })
  expect(known).toMatchObject({ kind: 'found', server: { id: 'm-1', location: 'north' } })
  expect(other).toMatchObject({ kind: 'unknown' })
  expect(other?.kind === 'unknown' && isProviderError(other.error)).toBe(true)

  const nodes = ['m-1', 'm-2'].map((name) => {
    return { name, providerID: `nimbus://north/${name}`, addresses: [], labels: {}, annotations: {} }
  })
  const [first, second] = await routing.resolve(nodes, { signal })
  // Which units it has is not known: the row that cannot be read may be one of them.
  expect(first).toEqual({ kind: 'matched', node: 'm-1', server: { id: 'm-1', location: 'north' } })
  expect(second).toMatchObject({ kind: 'unknown', node: 'm-2' })
  const servers = ['m-1', 'm-2'].map((id) => ({ id, location: 'north' }))
  expect(await routing.serverStates?.(servers, { signal })).toEqual(['running', 'unknown'])
})
