import type { Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { expect, test } from 'vitest'
import { account, serverOf } from '../plan/testing/situation.ts'
import { createAccountBook } from './account-book.ts'

test('matches nodes to servers again by a routing with new credentials, which remembers nothing of the old one', async () => {
  const clock = createVirtualClock()
  const asked: string[] = []
  const routingOf = (name: string): Routing => ({
    ...account().routing,
    resolve: async (nodes) => {
      asked.push(name)
      return nodes.map(({ name: node }) => ({ kind: 'matched', node, server: serverOf(node) }))
    },
  })
  const book = createAccountBook({
    clock,
    random: () => 0,
    signal: new AbortController().signal,
    onNews: () => {},
    track: (task) => void task,
    onRenewed: () => {},
    onTrouble: () => {},
  })
  const nodes = [{ name: 'a', addresses: [], labels: {}, annotations: {} }]
  const given = account()
  for (const name of ['old', 'old', 'new']) {
    const known = book.get(given.key)
    if (name === 'new' || known === undefined) book.update([{ ...given, routing: routingOf(name) }])
    const [routing, reader] = [book.get(given.key)?.routing, book.readerOf(given.key)]
    if (routing === undefined || reader === undefined) throw new Error('there is an account')
    reader.resolve(routing, nodes)
    await clock.advance(1000)
  }
  expect(asked).toEqual(['old', 'new'])
})
