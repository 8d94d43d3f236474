import { ProviderError, type Routing } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { expect, test } from 'vitest'
import { account, serverOf, v4 } from '../plan/testing/situation.ts'
import { createAccountBook, type AccountBook } from './account-book.ts'

function bookOf(clock: VirtualClock): AccountBook {
  return createAccountBook({
    clock,
    random: () => 0,
    signal: new AbortController().signal,
    onNews: () => {},
    track: (task) => void task,
    onRenewed: () => {},
    onTrouble: () => {},
  })
}

/** Matches every node to its server, once what is given has been done. */
function answering(before: () => Promise<void>): Routing {
  return {
    ...account().routing,
    resolve: async (nodes) => {
      await before()
      return nodes.map(({ name: node }) => ({ kind: 'matched', node, server: serverOf(node) }))
    },
  }
}

test('matches nodes to servers again by a routing with new credentials, which remembers nothing of the old one', async () => {
  const clock = createVirtualClock()
  const asked: string[] = []
  const book = bookOf(clock)
  const nodes = [{ name: 'a', addresses: [], labels: {}, annotations: {} }]
  const given = account()
  for (const name of ['old', 'old', 'new']) {
    const known = book.get(given.key)
    if (name === 'new' || known === undefined)
      book.update([{ ...given, routing: answering(async () => void asked.push(name)) }])
    const [routing, reader] = [book.get(given.key)?.routing, book.readerOf(given.key)]
    if (routing === undefined || reader === undefined) throw new Error('there is an account')
    reader.resolve(routing, nodes)
    await clock.advance(1000)
  }
  expect(asked).toEqual(['old', 'new'])
})

test('asks at once with new credentials what the old ones were refused for again and again', async () => {
  const clock = createVirtualClock()
  const asked: string[] = []
  const denied = new ProviderError('Denied', 'Wrong key.', { outcome: 'not-applied' })
  const routingOf = (name: string): Routing => {
    const refuse = (what: string) => async () => {
      asked.push(`${name} ${what}`)
      throw denied
    }
    return { ...account().routing, observe: refuse('observe'), resolve: refuse('resolve') }
  }
  const book = bookOf(clock)
  const given = account()
  const ask = async (milliseconds: number): Promise<void> => {
    const [routing, reader] = [book.get(given.key)?.routing, book.readerOf(given.key)]
    if (routing === undefined || reader === undefined) throw new Error('there is an account')
    reader.resolve(routing, [{ name: 'a', addresses: [], labels: {}, annotations: {} }])
    reader.read(routing, new Map([[v4, '']]), [{ unit: v4, notBefore: clock.monotonic() }])
    await clock.advance(milliseconds)
  }
  book.update([{ ...given, routing: routingOf('old') }])
  for (let second = 0; second < 100; second += 1) await ask(1000)
  const count = asked.length
  expect(count).toBeLessThan(30)
  expect(book.readerOf(given.key)?.servers.failure).toContain('Wrong key.')
  book.update([{ ...given, routing: routingOf('new') }])
  expect(book.readerOf(given.key)?.servers.failure).toBeUndefined()
  await ask(0)
  expect(asked.slice(count)).toEqual(['new resolve', 'new observe'])
})

test('asks the new routing too when the old one answers after it has come', async () => {
  const clock = createVirtualClock()
  const asked: string[] = []
  const routingOf = (name: string): Routing =>
    answering(async () => {
      asked.push(name)
      await clock.sleep(100)
    })
  const book = bookOf(clock)
  const given = account()
  const nodes = [{ name: 'a', addresses: [], labels: {}, annotations: {} }]
  for (const routing of [routingOf('old'), routingOf('new')]) {
    book.update([{ ...given, routing }])
    for (let times = 0; times < 3; times += 1) {
      book.readerOf(given.key)?.resolve(book.get(given.key)?.routing ?? routing, nodes)
      await clock.advance(30)
    }
  }
  await clock.advance(30)
  book.readerOf(given.key)?.resolve(book.get(given.key)?.routing ?? given.routing, nodes)
  expect(asked).toEqual(['old', 'new'])
})
