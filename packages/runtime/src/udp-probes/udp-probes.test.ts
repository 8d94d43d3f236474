import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { ProbeEvidence } from '@failover-ip/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTcp, type Connect } from '../tcp-prober/connect.ts'
import type { Endpoint } from './net/datagrams.ts'
import { ProbeSocketError } from './net/probe-socket-error.ts'
import { startProbeAgent, type ProbeAgent, type ProbeAgentOptions } from './probe-agent.ts'
import { udpProber, type UdpProber, type UdpProberOptions } from './udp-prober.ts'
import { sealMessage } from './wire/codec.ts'
import { createKeyRing } from './wire/key-ring.ts'

const keyRing = createKeyRing({ current: new Uint8Array(32).fill(1) })
const nobody = '192.0.2.1'
/** Nothing leaves the machine: the address that nobody has stays silent by construction. */
const connect: Connect = (address, options) =>
  address.host === nobody
    ? new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)))
    : connectTcp(address, options)

let life: AbortController
let cleanups: (() => Promise<unknown>)[]

beforeEach(() => {
  life = new AbortController()
  cleanups = []
})
afterEach(async () => {
  life.abort()
  await Promise.all(cleanups.map((cleanup) => cleanup()))
})

async function agent(node: string, options: Partial<ProbeAgentOptions> = {}): Promise<ProbeAgent> {
  const bootID = `boot of ${node}`
  const base = { node, bootID, keyRing: () => keyRing, hosts: ['127.0.0.1', '::1'], port: 0, signal: life.signal }
  const made = await startProbeAgent({ handshakePort: 'none', ...base, ...options })
  cleanups.push(made.close)
  return made
}
function prober(options: Partial<UdpProberOptions> = {}): UdpProber {
  const made = udpProber({ keyRing: () => keyRing, handshakePort: 'none', connect, ...options })
  cleanups.push(made.close)
  return made
}
const text = ({ host, port }: Endpoint): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
const addressOf = (made: ProbeAgent, family = 0): string => text(made.addresses[family] ?? expect.fail())
const portOf = (made: ProbeAgent): number => made.addresses[0]?.port ?? expect.fail()
const fresh = (made: UdpProber, node: string, address: string): Promise<ProbeEvidence> =>
  made.probe({ node, address, interval: 200 }, { signal: life.signal })

/** The evidence that a listener hears until it holds. */
function heardUntil(
  made: UdpProber,
  holds: (heard: readonly ProbeEvidence[]) => boolean,
): Promise<readonly ProbeEvidence[]> {
  return new Promise((resolve) => {
    const heard: ProbeEvidence[] = []
    const leave = made.listen((evidence) => {
      heard.push(evidence)
      if (!holds(heard)) return
      leave()
      resolve(heard)
    })
  })
}

async function udpSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  cleanups.push(async () => {
    const closed = once(socket, 'close')
    socket.close()
    await closed
  })
  return socket
}

describe('on the sockets of this machine', () => {
  test.each([
    ['IPv4', 0],
    ['IPv6', 1],
  ])('an agent answers over %s', async (_, family) => {
    const a = await agent('a')
    const evidence = await fresh(prober(), 'a', addressOf(a, family))
    expect(evidence).toMatchObject({ node: 'a', vantage: 'leader', kind: 'reply', bootID: 'boot of a' })
    expect(evidence.at).toBeGreaterThanOrEqual(evidence.sentAt)
    expect(a.counts()).toMatchObject({ sent: 1, received: 1, dropped: {} })
  })

  test('a rhythm goes on over one socket for all, and one that is closed is heard to be refused', async () => {
    const [a, b] = [await agent('a'), await agent('b')]
    const leader = prober()
    const both = heardUntil(leader, (heard) => heard.length >= 6)
    leader.watch([
      { node: 'a', address: addressOf(a), interval: 50 },
      { node: 'b', address: addressOf(b, 1), interval: 50 },
    ])
    const heard = await both
    expect(new Set(heard.map(({ node, kind }) => `${node} ${kind}`))).toEqual(new Set(['a reply', 'b reply']))
    const refused = heardUntil(leader, (said) => said.some(({ kind }) => kind === 'refused'))
    await b.close()
    expect((await refused).filter(({ kind }) => kind === 'refused')).toMatchObject([{ node: 'b' }])
    const back = heardUntil(leader, (said) => said.some(({ node, kind }) => node === 'b' && kind === 'reply'))
    await agent('b', { port: b.addresses[1]?.port ?? expect.fail(), hosts: ['::1'] })
    await back
  })

  test('a closed port refuses a fresh probe, over IPv4 and IPv6', async () => {
    const a = await agent('a')
    await a.close()
    for (const family of [0, 1]) {
      expect(await fresh(prober(), 'a', addressOf(a, family))).toMatchObject({ kind: 'refused' })
    }
  })

  test('an agent that hangs on a kernel that lives is told from a dead node by a handshake', async () => {
    const deaf = await udpSocket()
    const kubelet = createServer()
    kubelet.listen(0, '127.0.0.1')
    await once(kubelet, 'listening')
    cleanups.push(() => new Promise((resolve) => kubelet.close(resolve)))
    const { port } = kubelet.address() as { port: number }
    const address = `127.0.0.1:${deaf.address().port}`
    expect(await fresh(prober({ handshakePort: port }), 'a', address)).toMatchObject({ kind: 'handshake' })
    expect(await fresh(prober(), 'a', address)).toMatchObject({ kind: 'silence' })
  })

  test('a witness says what it hears of a node that the leader cannot reach', async () => {
    const [a, b, w] = [await agent('a'), await agent('b'), await agent('w')]
    const leader = prober()
    leader.watch([{ node: 'w', address: addressOf(w), interval: 2000 }])
    const ask = (node: string, address: string): Promise<readonly ProbeEvidence[]> =>
      leader.askWitnesses({ node, address, interval: 200 }, ['w', 'stranger'], { signal: life.signal })
    expect(await ask('a', addressOf(a))).toMatchObject([
      { node: 'a', vantage: 'w', kind: 'reply', bootID: 'boot of a' },
    ])
    w.watch([{ node: 'b', address: addressOf(b, 1), interval: 50 }])
    const proven = async (): Promise<readonly ProbeEvidence[]> => {
      const said = await ask('b', addressOf(b, 1))
      return said[0]?.kind === 'reply' ? said : proven()
    }
    await proven()
    await b.close()
    expect(await ask('b', addressOf(b, 1))).toMatchObject([
      { vantage: 'w', kind: 'reply', bootID: 'boot of b' },
      { vantage: 'w', kind: 'refused' },
    ])
  })

  test('a name is never looked up, and what cannot be sent is no evidence', async () => {
    await expect(fresh(prober(), 'a', 'localhost:7476')).rejects.toMatchObject({ code: 'ProbeNotSent' })
    // Broadcast is forbidden to a socket that did not ask for it.
    await expect(fresh(prober(), 'a', '255.255.255.255')).rejects.toMatchObject({ code: 'ProbeNotSent' })
  })
})

describe('its life', () => {
  test('an agent is told whom it has answered, and of nobody else', async () => {
    const answered: Endpoint[] = []
    const made = await agent('node-1', { onAnswered: (from) => answered.push(from) })
    await fresh(prober(), 'node-1', addressOf(made))
    expect(answered).toMatchObject([{ host: '127.0.0.1' }])
    const other = createKeyRing({ current: new Uint8Array(32).fill(9) })
    await fresh(prober({ keyRing: () => other }), 'node-1', addressOf(made))
    expect(answered.length).toBe(1)
  })

  test('a taken port is an error that says so', async () => {
    const a = await agent('a')
    const second = agent('b', { port: portOf(a), hosts: ['127.0.0.1'] })
    await expect(second).rejects.toThrow(ProbeSocketError)
    await expect(second).rejects.toMatchObject({ code: 'ProbePortUnavailable', cause: { code: 'EADDRINUSE' } })
  })

  test('an address that this machine does not have is an error that says so', async () => {
    await expect(agent('a', { hosts: ['127.0.0.1', '2001:db8::1'] })).rejects.toMatchObject({
      code: 'ProbePortUnavailable',
      cause: { code: 'EADDRNOTAVAIL' },
    })
  })

  test('listens on every address of both families unless told otherwise', async () => {
    const options = { node: 'a', bootID: 'b', keyRing: () => keyRing, port: 0, handshakePort: 'none' } as const
    await using a = await startProbeAgent({ ...options, signal: life.signal })
    expect(a.addresses.map(({ host }) => host)).toEqual(['0.0.0.0', '::'])
    const [v4, v6] = a.addresses.map((each) => each.port)
    expect(await fresh(prober(), 'a', `127.0.0.1:${v4}`)).toMatchObject({ kind: 'reply' })
    expect(await fresh(prober(), 'a', `[::1]:${v6}`)).toMatchObject({ kind: 'reply' })
  })

  test('a name or boot id that no probe can carry is an error at once', async () => {
    await expect(agent('x'.repeat(254))).rejects.toThrow(RangeError)
    await expect(agent('a', { bootID: 'x'.repeat(65) })).rejects.toThrow(RangeError)
  })

  test('ends with its signal, and its port is free', async () => {
    const a = await agent('a')
    life.abort()
    await a.close()
    life = new AbortController()
    expect(portOf(await agent('a', { port: portOf(a), hosts: ['127.0.0.1'] }))).toBe(portOf(a))
    await expect(agent('b', { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over')
  })

  test('a prober that is closed hears and sends nothing', async () => {
    const a = await agent('a')
    const leader = prober()
    await fresh(leader, 'a', addressOf(a))
    await leader.close()
    await leader.close()
    await expect(fresh(leader, 'a', addressOf(a))).rejects.toThrow('closed')
  })
})

describe('packets of strangers', () => {
  test('are counted and never answered, and the agent goes on', async () => {
    const a = await agent('a')
    const stranger = await udpSocket()
    const answers: Buffer[] = []
    stranger.on('message', (packet) => answers.push(packet))
    const time = Date.now()
    const sealed = (sequence: number, sent = time, to = 'a', keys = keyRing): Buffer =>
      sealMessage({ kind: 'probe', to, nonce: { session: 'ab'.repeat(8), sequence }, time: sent }, keys.current)
    const bad = sealed(1)
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1
    const version = sealed(1)
    version[3] = 9
    const packets: readonly Uint8Array[] = [
      new Uint8Array(),
      sealed(1).subarray(0, 40),
      new Uint8Array(1200),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      version,
      bad,
      sealed(1, time, 'a', createKeyRing({ current: new Uint8Array(32).fill(9) })),
      sealed(1, time - 3_600_000),
      sealed(1, time, 'b'),
    ]
    const send = (packet: Uint8Array): Promise<unknown> =>
      new Promise((resolve) => stranger.send(packet, portOf(a), '127.0.0.1', resolve))
    for (const packet of packets) await send(packet)
    await send(sealed(2))
    await once(stranger, 'message')
    await send(sealed(2))
    await send(sealed(3))
    await once(stranger, 'message')
    expect(answers).toHaveLength(2)
    expect(a.counts()).toEqual({
      sent: 2,
      received: 12,
      unsent: 0,
      troubles: 0,
      dropped: {
        truncated: 2,
        oversized: 1,
        foreign: 1,
        foreignVersion: 1,
        forged: 1,
        unknownKey: 1,
        skewed: 1,
        otherNode: 1,
        replayed: 1,
      },
    })
  })

  test('of any kind at all leave it as it was', async () => {
    const a = await agent('a')
    const stranger = await udpSocket()
    stranger.on('message', () => expect.fail('was answered'))
    const valid = sealMessage(
      { kind: 'probe', to: 'a', nonce: { session: '00'.repeat(8), sequence: 1 }, time: 0 },
      keyRing.current,
    )
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: valid.length - 1 }), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((changes) => {
        const packet = Uint8Array.from(valid)
        for (const [at, by] of changes) packet[at] = (packet[at] ?? 0) ^ by
        return packet
      })
    const packet = fc.oneof(mutated, fc.uint8Array({ maxLength: 1400 }))
    const leader = prober()
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 20 }), async (packets) => {
        for (const each of packets) stranger.send(each, portOf(a), '127.0.0.1')
        expect(await fresh(leader, 'a', addressOf(a))).toMatchObject({ kind: 'reply' })
      }),
      { numRuns: 50 },
    )
    expect(a.counts().received).toBeGreaterThan(100)
  })
})
