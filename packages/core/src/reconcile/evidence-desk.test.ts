import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, expect, test } from 'vitest'
import type { NodeState } from '../domain/node.ts'
import { account, serverOf } from '../plan/testing/situation.ts'
import type { LiveNode } from '../ports/node-reader.ts'
import { noProber, type ProbeEvidence } from '../ports/prober.ts'
import { createEvidenceDesk, type EvidenceDesk, type QuestionContext } from './evidence-desk.ts'
import { nodeState } from './testing/small-world.ts'

let clock: VirtualClock
let desk: EvidenceDesk
let asked: string[]
let news: number
let witnessesTake: number
let answer: (node: string) => Promise<ProbeEvidence>
let live: () => Promise<LiveNode>
let nodes: ReadonlyMap<string, NodeState>
let standing: readonly string[]

const heard = (node: string): ProbeEvidence => ({ node, vantage: 'leader', kind: 'reply', at: 1, sentAt: 0 })
const named = (...states: readonly NodeState[]): ReadonlyMap<string, NodeState> =>
  new Map(states.map((state) => [state.facts.name, state]))
const probed = (name: string, uid = name): NodeState => nodeState(name, { uid, probeAddress: `10.0.0.${name}` })

beforeEach(() => {
  clock = createVirtualClock()
  asked = []
  standing = []
  news = 0
  witnessesTake = 0
  answer = async (node) => heard(node)
  live = async () => ({ kind: 'gone' })
  nodes = named(probed('a'), probed('b'), probed('c'), probed('d'), probed('e'), nodeState('f'))
  desk = createEvidenceDesk({
    clock,
    random: () => 0,
    prober: {
      ...noProber,
      probe: ({ node }) => {
        asked.push(`probe ${node}`)
        return answer(node)
      },
      askWitnesses: async ({ node }, witnesses) => {
        asked.push(`${witnesses.join()} about ${node}`)
        await clock.sleep(witnessesTake)
        return []
      },
    },
    nodeReader: { read: () => live() },
    verdictOf: (node) => about().verdictOf(node),
    signal: new AbortController().signal,
    onNews: () => void (news += 1),
    track: (task) => void task,
  })
  desk.keepOnly(nodes)
})

const about = (): QuestionContext => ({
  nodes,
  verdictOf: (node) => (node === 'b' ? 'dead' : 'healthy'),
  serverOf: (node) => ({
    server: serverOf(node),
    routing: { ...account().routing, serverStates: async () => ['stopped'] },
  }),
  standingWitnesses: () => standing,
})
const probeA = [{ kind: 'freshProbe', node: 'a' }] as const

test('asks one question of a kind and node at a time, and no sooner than a pause later', async () => {
  expect(desk.ask(probeA, about())).toBe(100)
  expect(desk.ask(probeA, about())).toBe(100)
  await clock.advance(50)
  expect(desk.ask(probeA, about())).toBe(100)
  await clock.advance(50)
  desk.ask(probeA, about())
  expect(asked).toEqual(['probe a', 'probe a'])
})

test('gives up a question that has no answer, and takes it for no evidence', async () => {
  answer = () => new Promise(() => {})
  desk.ask(probeA, about())
  await clock.advance(999)
  expect(desk.ask(probeA, about())).toBe(Number.POSITIVE_INFINITY)
  await clock.advance(1)
  expect([desk.ask(probeA, about()), desk.tracks.size]).toEqual([1100, 0])
})

test('is rung for by what may change a verdict alone, and by an answer that comes too late to be asked again in time', async () => {
  const says = (node: string, kind: ProbeEvidence['kind'], vantage = 'leader'): boolean =>
    desk.record({ node, vantage, kind, at: clock.monotonic(), sentAt: clock.monotonic() })
  expect([says('a', 'reply'), says('a', 'reply'), says('a', 'silence'), says('a', 'handshake')]).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect([says('b', 'silence'), says('b', 'silence'), says('b', 'silence', 'c'), says('b', 'reply')]).toEqual([
    true,
    false,
    true,
    true,
  ])
  desk.watch(['a'], about())
  await clock.advance(0)
  expect(news).toBe(0)
  witnessesTake = 500
  desk.ask([{ kind: 'witnesses', node: 'b' }], about())
  await clock.advance(500)
  expect(news).toBe(1)
})

test('asks about all who are watched at one moment, whenever the watch of each began', async () => {
  desk.watch(['a'], about())
  await clock.advance(400)
  desk.watch(['a', 'c'], about())
  await clock.advance(1000)
  expect([desk.watch(['a', 'c'], about()), asked.length]).toEqual([2000, 2])
  await clock.advance(600)
  expect([desk.watch(['a', 'c'], about()), asked.length]).toEqual([4000, 4])
})

test('asks three witnesses, none of them dead or without a probe, always the same', async () => {
  desk.ask([{ kind: 'witnesses', node: 'a' }], about())
  expect(asked).toEqual(['c,d,e about a'])
  desk.ask([{ kind: 'witnesses', node: 'f' }], about())
  expect(asked).toHaveLength(1)
})

test('asks the standing witnesses first, whose paths are proven, as far as they are well', () => {
  standing = ['e', 'b', 'f', 'd']
  desk.ask([{ kind: 'witnesses', node: 'a' }], about())
  expect(asked).toEqual(['e,d,c about a'])
})

test('keeps what the cloud and the API server say of a node', async () => {
  desk.ask(
    [
      { kind: 'serverState', node: 'a' },
      { kind: 'liveNode', node: 'a' },
    ],
    about(),
  )
  await clock.advance(0)
  expect(desk.serverStates.get('a')).toEqual({ state: 'stopped', at: 0 })
  expect(desk.liveNodes.get('a')).toEqual({ node: { kind: 'gone' }, at: 0 })
})

test('forgets what a witness has said whose machine another one of the same name has replaced', () => {
  const said = (vantage: string): void => void desk.record({ ...heard('a'), vantage })
  for (const vantage of ['leader', 'c', 'd']) said(vantage)
  nodes = named(probed('a'), probed('c'), probed('d', 'another'))
  desk.keepOnly(nodes)
  expect([...(desk.tracks.get('a')?.vantages.keys() ?? [])]).toEqual(['leader', 'c'])
})

test('drops what comes late of a machine that is gone or replaced, and what nobody asked for', async () => {
  const { promise, resolve } = Promise.withResolvers<LiveNode>()
  live = () => promise
  desk.ask([{ kind: 'liveNode', node: 'a' }], about())
  desk.record(heard('a'))
  expect(desk.tracks.has('a')).toBe(true)
  nodes = named(probed('a', 'another'))
  desk.keepOnly(nodes)
  resolve({ kind: 'gone' })
  await clock.advance(0)
  desk.record(heard('b'))
  desk.record(heard('never seen'))
  expect([desk.tracks.size, desk.liveNodes.size]).toEqual([0, 0])
})
