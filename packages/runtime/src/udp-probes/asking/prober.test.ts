import { healthDefaults, type ProbeEvidence } from '@failover-ip/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { ProbeNotSentError } from '../../tcp-prober/tcp-prober.ts'
import { createSimulatedCluster, nobody, secret, type SimulatedCluster } from '../testing/simulated-cluster.ts'
import { createKeyRing } from '../wire/key-ring.ts'

const signal = new AbortController().signal
let cluster: SimulatedCluster

beforeEach(() => {
  cluster = createSimulatedCluster()
})

const kinds = (heard: readonly ProbeEvidence[]): readonly string[] => heard.map(({ kind }) => kind)
const only = (heard: readonly ProbeEvidence[]): string => [...new Set(kinds(heard))].join(' ')
const sentTo = (host: string): number => cluster.network.carried.filter(({ to }) => to.host === host).length
const advance = (milliseconds: number): Promise<void> => cluster.clock.advance(milliseconds)

describe('rhythm', () => {
  test('each node has its own, and every reply is proof of life', async () => {
    const [a, b] = [cluster.node('a'), cluster.node('b')]
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a'), cluster.target('b', 2000)])
    await advance(4100)
    expect([sentTo(a.host), sentTo(b.host)]).toEqual([21, 3])
    expect(only(heard)).toBe('reply')
    expect(heard[0]).toEqual({ node: 'a', vantage: 'leader', kind: 'reply', sentAt: 0, at: 2, bootID: 'boot of a' })
  })

  test('a node that stays keeps its rhythm, also when its interval changes', async () => {
    const a = cluster.node('a')
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a', 2000)])
    await advance(500)
    prober.watch([cluster.target('a', 2000)])
    await advance(600)
    expect(heard.map(({ sentAt }) => sentAt)).toEqual([0])
    prober.watch([cluster.target('a', 200)])
    await advance(300)
    expect(heard.map(({ sentAt }) => sentAt)).toEqual([0, 1100, 1300])
    prober.watch([cluster.target('a', 2000)])
    await advance(2000)
    expect(heard.map(({ sentAt }) => sentAt)).toEqual([0, 1100, 1300, 3300])
    expect(sentTo(a.host)).toBe(4)
  })

  test('a node that goes is left alone, without a timer', async () => {
    const a = cluster.node('a')
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a')])
    await advance(100)
    prober.watch([])
    await advance(1000)
    expect(sentTo(a.host)).toBe(1)
    expect(heard).toHaveLength(1)
    expect(cluster.clock.sleepers).toBe(0)
  })

  test('many nodes are not probed all at once, but within one interval', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `node-${index}`)
    for (const name of names) cluster.node(name)
    const { prober, heard } = cluster.leader()
    prober.watch(names.map((name) => cluster.target(name)))
    await advance(205)
    expect(new Set(heard.map(({ node }) => node)).size).toBe(500)
    for (let at = 0; at < 200; at += 10) {
      expect(heard.filter(({ sentAt }) => sentAt >= at && sentAt < at + 10).length).toBeLessThan(35)
    }
    prober.watch([])
  })

  test('never probes faster than every 50 ms', async () => {
    const a = cluster.node('a')
    cluster.leader().prober.watch([cluster.target('a', 0)])
    await advance(990)
    expect(sentTo(a.host)).toBe(20)
  })
})

describe('silence', () => {
  test('is established after the interval, for each probe', async () => {
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('gone', 100), cluster.target('slow', 2000)])
    await advance(950)
    expect(heard.filter(({ node }) => node === 'gone').map(({ kind, sentAt, at }) => [kind, sentAt, at])).toEqual(
      [0, 100, 200, 300, 400, 500, 600, 700, 800].map((sentAt) => ['silence', sentAt, sentAt + 100]),
    )
    expect(heard.find(({ node }) => node === 'slow')).toMatchObject({ kind: 'silence', sentAt: 1, at: 201 })
  })

  test('ends with an answer that comes late', async () => {
    const a = cluster.node('a')
    const { prober, heard } = cluster.leader()
    cluster.network.fate.set(a.host, 500)
    prober.watch([cluster.target('a', 2000)])
    await advance(600)
    expect(heard.map(({ kind, sentAt, at }) => [kind, sentAt, at])).toEqual([
      ['silence', 0, 200],
      ['reply', 0, 501],
    ])
  })

  test('is not what this machine could not send', async () => {
    const a = cluster.node('a')
    cluster.network.fate.set(a.host, 'unsent')
    const { prober, heard, counters } = cluster.leader()
    prober.watch([cluster.target('a'), { ...cluster.target('a'), node: 'x'.repeat(300) }])
    await advance(1000)
    expect(heard).toEqual([])
    expect(counters.read().unsent).toBeGreaterThan(0)
    await expect(cluster.clock.advanceUntil(prober.probe(cluster.target('a'), { signal }))).rejects.toThrow(
      ProbeNotSentError,
    )
    await expect(prober.probe({ ...cluster.target('a'), address: 'node.example' }, { signal })).rejects.toThrow(
      ProbeNotSentError,
    )
  })

  test('is what the network says of a node that nobody can reach', async () => {
    const a = cluster.node('a')
    cluster.network.fate.set(a.host, 'unreachable')
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a')])
    await advance(450)
    expect(kinds(heard)).toEqual(['silence', 'silence'])
  })

  test('is what another node at its address is', async () => {
    const a = cluster.node('a')
    const { prober, heard } = cluster.leader()
    prober.watch([{ ...cluster.target('a'), node: 'b' }])
    await advance(250)
    expect(kinds(heard)).toEqual(['silence'])
    expect(a.counters.read().dropped).toEqual({ otherNode: 3 })
  })
})

describe('hints', () => {
  test('the kernel of a node whose agent has ended refuses', async () => {
    cluster.node('a').kill()
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a')])
    await advance(300)
    expect(heard.map(({ kind, at }) => [kind, at])).toEqual([
      ['silence', 200],
      ['refused', 201],
    ])
    expect(await cluster.clock.advanceUntil(prober.probe(cluster.target('a'), { signal }))).toMatchObject({
      kind: 'refused',
    })
  })

  test.each([
    ['connected', 'handshake'],
    ['refused', 'refused'],
  ] as const)('the kernel of a node whose agent hangs answers TCP: %s', async (answer, kind) => {
    cluster.network.open({ host: cluster.target('a').address, port: 7476 }, () => undefined)
    cluster.handshakes.set(cluster.target('a').address, answer)
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a')])
    await advance(450)
    expect(kinds(heard)).toEqual(['silence', kind, 'silence'])
    expect(heard[1]?.at).toBe(201)
  })

  test('a handshake says nothing where an address that nobody has answers, too', async () => {
    cluster.handshakes.set(cluster.target('gone').address, 'connected').set(nobody, 'connected')
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('gone')])
    await advance(5000)
    expect(only(heard)).toBe('silence')
  })

  test('handshakes are looked for once a second, and nothing while the node answers', async () => {
    const a = cluster.node('a')
    cluster.handshakes.set(a.host, 'connected')
    const { prober, heard } = cluster.leader()
    prober.watch([cluster.target('a')])
    await advance(2000)
    expect(sentTo(a.host)).toBe(10)
    a.kill()
    cluster.network.open({ host: a.host, port: 7476 }, () => undefined)
    await advance(3500)
    expect(kinds(heard).filter((kind) => kind === 'handshake')).toHaveLength(4)
    prober.watch([])
  })

  test.each([50, 100, 125, 200, 250, 333, 500, 1000, 2000])(
    'refusals are heard of a kernel that sends one a second, whatever else is sent to it: every %s ms',
    async (interval) => {
      const a = cluster.node('a')
      const { prober, heard } = cluster.leader()
      prober.watch([cluster.target('a', interval)])
      await advance(3000)
      a.kill()
      await advance(60_000)
      const refusals = [2000, ...heard.filter(({ kind }) => kind === 'refused').map(({ at }) => at), 63_000]
      const gaps = refusals.map((at, index) => at - (refusals[index - 1] ?? at))
      expect(Math.max(...gaps)).toBeLessThan(healthDefaults.hintCountsFor)
      prober.watch([])
    },
  )

  test('a proof of life that the second look finds is one', async () => {
    const a = cluster.node('a')
    const { prober, heard } = cluster.leader()
    cluster.network.fate.set(a.host, 'lost')
    prober.watch([cluster.target('a', 2000)])
    await advance(199)
    cluster.network.fate.delete(a.host)
    await advance(100)
    expect(kinds(heard)).toEqual(['silence', 'reply'])
  })
})

describe('a fresh probe', () => {
  test('is known as soon as it is answered', async () => {
    cluster.node('a')
    const { prober } = cluster.leader()
    expect(await cluster.clock.advanceUntil(prober.probe(cluster.target('a', 2000), { signal }))).toEqual({
      node: 'a',
      vantage: 'leader',
      kind: 'reply',
      sentAt: 0,
      at: 2,
      bootID: 'boot of a',
    })
  })

  test('does not rest on one packet', async () => {
    const a = cluster.node('a')
    cluster.network.fate.set(a.host, 'lost')
    const { prober } = cluster.leader()
    const probe = prober.probe(cluster.target('a'), { signal })
    await advance(50)
    cluster.network.fate.delete(a.host)
    expect(await cluster.clock.advanceUntil(probe)).toMatchObject({ kind: 'reply' })
  })

  test('is silence after its time, and leaves nothing behind', async () => {
    const { prober } = cluster.leader()
    const probe = prober.probe(cluster.target('gone', 2000), { signal })
    expect(await cluster.clock.advanceUntil(probe)).toMatchObject({ kind: 'silence', at: 200 })
    await advance(1000)
    expect(cluster.clock.sleepers).toBe(0)
  })

  test('ends with its signal', async () => {
    const { prober } = cluster.leader()
    const stop = new AbortController()
    const probe = prober.probe(cluster.target('gone'), { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(probe).rejects.toThrow('enough')
    await expect(prober.probe(cluster.target('gone'), { signal: stop.signal })).rejects.toThrow('enough')
  })
})

describe('listeners', () => {
  test('one that has left hears nothing', async () => {
    cluster.node('a')
    const { prober, heard } = cluster.leader()
    const late: ProbeEvidence[] = []
    const leave = prober.listen((evidence) => late.push(evidence))
    leave()
    prober.watch([cluster.target('a')])
    await advance(300)
    expect(heard.length).toBeGreaterThan(0)
    expect(late).toEqual([])
  })
})

describe('what must never look like a death', () => {
  test('a key that is replaced step by step', async () => {
    const nodes = ['a', 'b', 'c'].map((name) => cluster.node(name))
    const leader = cluster.leader()
    leader.prober.watch(['a', 'b', 'c'].map((name) => cluster.target(name)))
    const [old, next] = [secret(1), secret(2)]
    const steps = [{ current: old, other: next }, { current: next, other: old }, { current: next }]
    for (const keys of steps) {
      for (const part of [...nodes, leader]) {
        part.keyRing = createKeyRing(keys)
        await advance(333)
      }
    }
    expect(only(leader.heard)).toBe('reply')
    expect(nodes.map(({ counters }) => counters.read().dropped)).toEqual([{}, {}, {}])
    leader.prober.watch([])
  })

  test('a clock that is set, here or there, also when the agent restarts afterwards', async () => {
    const a = cluster.node('a')
    const leader = cluster.leader()
    leader.prober.watch([cluster.target('a')])
    await advance(1000)
    leader.skew = -3_600_000
    await advance(1000)
    a.skew = 7_200_000
    await advance(1000)
    a.kill()
    cluster.node('a', { skew: a.skew })
    await advance(1000)
    expect(only(leader.heard)).toBe('reply')
    leader.prober.watch([])
  })

  test('a flood of packets that nobody signed', async () => {
    const a = cluster.node('a')
    const leader = cluster.leader()
    leader.prober.watch([cluster.target('a')])
    await advance(300)
    const [probe = expect.fail()] = cluster.network.carried
    const stranger = cluster.network.open({ host: '10.9.9.9', port: 9 }, () => expect.fail('was answered'))
    // The flood is always there first.
    cluster.network.fate.set(`${probe.from.host} ${a.host}`, 1.5)
    for (let packet = 0; packet < 6000; packet++) {
      const forged = Uint8Array.from(probe.packet)
      forged[forged.length - 1 - (packet % 32)] = 0
      stranger.send(forged, { host: a.host, port: 7476 }, () => undefined)
      if (packet % 4 === 3) await advance(1)
    }
    expect(only(leader.heard)).toBe('reply')
    expect(a.counters.read().dropped.limited).toBeGreaterThan(2000)
    leader.prober.watch([])
  })
})

describe('what is never answered', () => {
  test('a request that was answered before, by whomever it is sent again', async () => {
    const a = cluster.node('a')
    const leader = cluster.leader()
    leader.prober.watch([cluster.target('a')])
    await advance(4900)
    leader.prober.watch([])
    await advance(100)
    const recorded = cluster.network.carried.filter(({ to }) => to.host === a.host)
    const thief = cluster.network.open({ host: '10.9.9.9', port: 9 }, () => expect.fail('was answered'))
    for (const { packet } of recorded) thief.send(packet, { host: a.host, port: 7476 }, () => undefined)
    await advance(100)
    expect(recorded).toHaveLength(25)
    expect(a.counters.read().dropped).toEqual({ replayed: 25 })
    a.kill()
    const restarted = cluster.node('a')
    await advance(300_000)
    for (const { packet } of recorded) thief.send(packet, { host: a.host, port: 7476 }, () => undefined)
    await advance(100)
    expect(restarted.counters.read().dropped).toEqual({ skewed: 25 })
  })

  test('an answer that was heard before, or that nobody waits for', async () => {
    const a = cluster.node('a')
    const leader = cluster.leader()
    leader.prober.watch([cluster.target('a', 2000)])
    await advance(100)
    const answer = cluster.network.carried.find(({ from }) => from.host === a.host) ?? expect.fail()
    const thief = cluster.network.open({ host: '10.9.9.9', port: 9 }, () => undefined)
    thief.send(answer.packet, answer.to, () => undefined)
    thief.send(answer.packet, { host: a.host, port: 7476 }, () => undefined)
    await advance(100)
    expect(leader.heard).toHaveLength(1)
    expect([leader, a].map(({ counters }) => counters.read().dropped)).toEqual([{ unexpected: 1 }, { unexpected: 1 }])
    leader.prober.watch([])
  })

  test('anything with more bytes than it has', async () => {
    for (const name of ['a', 'b', 'c']) cluster.node(name, { bootID: 'b'.repeat(64) })
    const { prober } = cluster.leader()
    prober.watch(['a', 'b', 'c'].map((name) => cluster.target(name)))
    await advance(1000)
    await cluster.clock.advanceUntil(prober.askWitnesses(cluster.target('c'), ['a', 'b'], { signal }))
    prober.watch([])
    const { carried } = cluster.network
    const sizes = new Map(carried.map(({ packet }) => [Buffer.from(packet).toString('hex', 9, 23), packet.length]))
    const requests = carried.filter(({ packet }) => packet[4] === 0 || packet[4] === 2)
    for (const { packet } of requests) {
      expect(sizes.get(Buffer.from(packet).toString('hex', 9, 23))).toBeLessThanOrEqual(packet.length)
    }
    expect(requests.length).toBeGreaterThan(15)
    expect(carried.length).toBe(2 * requests.length)
  })
})
