// oxlint-disable-next-line no-restricted-imports -- a page is compared with what the program says
import { readFile } from 'node:fs/promises'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import type { ProbeEvidence } from '../ports/prober.ts'
import { watchProbePaths } from './probe-paths.ts'
import type { ProbePathEvent } from './tell-probe-paths.ts'

const nodes = ['a', 'b'].map((name) => ({ name, providerID: `acme://${name}`, probe: '10.0.0.1:22' }))
let clock: VirtualClock
let told: ProbePathEvent[]
let hear: (kind: ProbeEvidence['kind'], node?: string, vantage?: string) => void
let stop: () => Promise<void>

beforeEach(() => {
  clock = createVirtualClock()
  told = []
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  hear = (kind, node = 'a', vantage = 'leader') => {
    const at = clock.monotonic()
    for (const listener of listeners) listener({ node, vantage, kind, at, sentAt: at })
  }
  const ending = new AbortController()
  const listen = (listener: (evidence: ProbeEvidence) => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const watching = watchProbePaths({
    clock,
    prober: { listen },
    nodes,
    onEvent: (event) => told.push(event),
    signal: ending.signal,
  })
  stop = async () => {
    ending.abort()
    await watching
    expect([listeners.size, clock.sleepers]).toEqual([0, 0])
  }
})
const of = (node: string): readonly string[] => told.filter((event) => event.node === node).map(({ reason }) => reason)

test('says nothing of nodes that answer, nor of their silence afterwards', async () => {
  for (const kind of ['reply', 'silence', 'refused', 'silence'] as const) {
    for (const { name } of nodes) hear(kind, name)
    await clock.advance(20_000)
  }
  expect(told).toEqual([])
  await stop()
})

test.each<[ProbeEvidence['kind'] | undefined, string]>([
  [undefined, 'allow this process to open sockets'],
  ['silence', 'open the port to this machine'],
  ['refused', 'probe a port that is open as long as the machine runs'],
  ['handshake', 'probe it on a way without a proxy'],
])('says once what to do about a node that was never heard (%s), and when it is', async (kind, advice) => {
  hear('reply', 'b')
  for (let second = 0; second < 60; second += 1) {
    if (kind !== undefined) hear(kind)
    await clock.advance(1000)
  }
  expect(told).toMatchObject([{ at: clock.now() - 50_000, type: 'Warning', reason: 'ProbePathUnproven', node: 'a' }])
  expect(told[0]?.summary).toContain('Node a ')
  expect(told[0]?.summary).toContain(advice)
  expect(told[0]?.summary).toMatch(/; as long as it is so, its death would not be noticed\.$/)
  hear('reply')
  await clock.advance(10_000)
  expect(of('a')).toEqual(['ProbePathUnproven', 'ProbePathProven'])
  await stop()
})

test('says of a closed port what the library example shows', async () => {
  const page = await readFile(new URL('../../../../examples/library/README.md', import.meta.url), 'utf8')
  for (let second = 0; second < 20; second += 1) {
    hear('refused')
    await clock.advance(1000)
  }
  expect(page).toContain(told[0]?.summary.replace('10.0.0.1:22', '127.0.0.1:8091'))
  await stop()
})

test('says that somebody in between has begun to answer', async () => {
  for (const { name } of nodes) hear('reply', name)
  for (let second = 0; second < 30; second += 1) {
    hear('handshake')
    await clock.advance(1000)
  }
  expect([of('a'), of('b')]).toEqual([['ProbePathUnproven'], []])
  await stop()
})

test('takes what a witness hears for no path of its own', async () => {
  hear('reply', 'a', 'b')
  await clock.advance(10_000)
  expect(of('a')).toEqual(['ProbePathUnproven'])
  await stop()
})
