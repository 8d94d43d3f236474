import type { ProbeTarget } from '@failover-ip/core'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHolderBook, type HolderBook } from './holder-book.ts'

let clock: VirtualClock
let nodes: Map<string, string>
let reads: string[]
let told: (readonly ProbeTarget[])[]
let errors: unknown[]
let book: HolderBook
let stop: AbortController
let ended: Promise<unknown>

beforeEach(() => {
  clock = createVirtualClock()
  nodes = new Map([
    ['n1', '10.0.0.1'],
    ['n2', '10.0.0.2'],
  ])
  reads = []
  told = []
  errors = []
  stop = new AbortController()
  book = createHolderBook({
    client: {
      get: async (_, { name }) => {
        reads.push(name)
        const address = nodes.get(name)
        if (address === undefined) throw new Error(`no ${name}`)
        const addresses = [
          { type: 'Hostname', address: name },
          { type: 'InternalIP', address },
        ]
        return await Promise.resolve({ metadata: { name, uid: name, resourceVersion: '1' }, status: { addresses } })
      },
    },
    clock,
    onTargets: (targets) => told.push(targets),
    onError: (error) => errors.push(error),
  })
  ended = book.run({ signal: stop.signal }).catch(() => undefined)
})
afterEach(async () => {
  stop.abort()
  await ended
  expect(clock.sleepers).toBe(0)
})

const addresses = (): readonly string[] => told.at(-1)?.map(({ node, address }) => `${node} ${address}`) ?? []

test('each Node is read once in ten minutes, and targets are told when they change', async () => {
  book.want(['n2', 'n1', 'n2'])
  await clock.advance(1000)
  book.want(['n1', 'n2'])
  await clock.advance(500_000)
  expect(addresses()).toEqual(['n1 10.0.0.1', 'n2 10.0.0.2'])
  expect([reads, told.length]).toEqual([['n1', 'n2'], 1])
  nodes.set('n1', '10.0.0.9')
  await clock.advance(200_000)
  expect(addresses()).toEqual(['n1 10.0.0.9', 'n2 10.0.0.2'])
})

test('who is asked for no more is probed no more, at once', async () => {
  book.want(['n1', 'n2'])
  await clock.advance(1000)
  book.want(['n2'])
  expect(addresses()).toEqual(['n2 10.0.0.2'])
})

test('a Node that cannot be read is tried again, and an address that was known stays', async () => {
  book.want(['n1', 'n3'])
  await clock.advance(1000)
  expect(addresses()).toEqual(['n1 10.0.0.1'])
  nodes.set('n3', '10.0.0.3')
  await clock.advance(6000)
  expect(addresses()).toEqual(['n1 10.0.0.1', 'n3 10.0.0.3'])
  nodes.clear()
  await clock.advance(700_000)
  expect(errors.length).toBeGreaterThan(1)
  expect(addresses()).toEqual(['n1 10.0.0.1', 'n3 10.0.0.3'])
})
