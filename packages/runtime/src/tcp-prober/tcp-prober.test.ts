import { ConfigurationError, type ProbeEvidence, type ProbeTarget } from '@failover-ip/core'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ConnectOutcome, TcpAddress } from './connect.ts'
import type { LieTestResult } from './lie-test.ts'
import { ProbeNotSentError, tcpProber, type TcpProberOptions } from './tcp-prober.ts'

const nobody = '192.0.2.1'
const a: ProbeTarget = { node: 'a', address: '10.0.0.1:22', interval: 200 }
const b: ProbeTarget = { node: 'b', address: '10.0.0.2:22', interval: 2000 }
const signal = new AbortController().signal

let clock: VirtualClock
/** What each host answers; who is not there is silent. */
let answers: Map<string, ConnectOutcome>
let asked: TcpAddress[]
let open: number
let results: LieTestResult[]
let heard: ProbeEvidence[]

beforeEach(() => {
  clock = createVirtualClock()
  answers = new Map([
    ['10.0.0.1', 'connected'],
    ['10.0.0.2', 'connected'],
  ])
  asked = []
  open = 0
  results = []
  heard = []
})

function prober(options: TcpProberOptions = {}) {
  const made = tcpProber({
    clock,
    onLieTest: (result) => results.push(result),
    connect: async (address, { signal: scope }) => {
      asked.push(address)
      open += 1
      try {
        const answer = answers.get(address.host)
        await clock.sleep(answer === undefined ? 3_600_000 : 1, { signal: scope })
        return answer ?? 'unreachable'
      } finally {
        open -= 1
      }
    },
    ...options,
  })
  made.listen((evidence) => heard.push(evidence))
  return made
}

const probed = (host: string): number => asked.filter((address) => address.host === host).length
const kinds = (): readonly string[] => heard.map(({ kind }) => kind)

test.each<[object, string]>([
  [{ interval: -1 }, '"interval" must be a number of milliseconds from 1 to 3600000'],
  [{ interval: '200ms' }, '"interval" must be a number'],
  [{ timeout: Number.NaN }, '"timeout" must be a number'],
  [{ port: 65_536 }, '"port" must be 1 to 65535'],
  [{ lieTestAddress: '2001:db8::1' }, '"lieTestAddress" must be an IPv4 address without a port'],
  [{ lieTestAddressIPv6: 'nobody' }, '"lieTestAddressIPv6" must be an IPv6 address without a port'],
  [{ onLieTest: 'log' }, '"onLieTest" must be a function'],
  [{ intervall: 200 }, '"intervall" is not known (did you mean "interval"?)'],
])('refuses %j', (wrong, problem) => {
  const make = (): unknown => Reflect.apply(tcpProber, undefined, [wrong])
  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow(`tcpProber cannot work with what it was given: ${problem}.`)
})

test('takes what is undefined for what is not given', () => {
  expect(() => void Reflect.apply(tcpProber, undefined, [{ interval: undefined, connect: undefined }])).not.toThrow()
})

describe('evidence', () => {
  test('a handshake is proof of life when the lie test was silent', async () => {
    const evidence = await clock.advanceUntil(prober().probe(a, { signal }))
    expect(evidence).toMatchObject({ node: 'a', vantage: 'leader', kind: 'reply', sentAt: 0, at: 1 })
    expect(asked).toEqual([
      { host: '10.0.0.1', port: 22 },
      { host: nobody, port: 22 },
    ])
    expect(results).toEqual([{ address: nobody, port: 22, passed: true }])
  })

  test.each<ConnectOutcome>(['connected', 'refused'])(
    'a handshake is a hint when an address that nobody has is %s',
    async (answer) => {
      answers.set(nobody, answer)
      expect(await clock.advanceUntil(prober().probe(a, { signal }))).toMatchObject({ kind: 'handshake' })
      expect(results).toEqual([{ address: nobody, port: 22, passed: false }])
    },
  )

  test('a handshake is a hint when the lie test could not be sent, and it is tried again', async () => {
    answers.set(nobody, 'unsent')
    const made = prober()
    expect(await clock.advanceUntil(made.probe(a, { signal }))).toMatchObject({ kind: 'handshake' })
    answers.delete(nobody)
    expect(await clock.advanceUntil(made.probe(a, { signal }))).toMatchObject({ kind: 'reply' })
  })

  test('the lie test is repeated, so that a proxy that comes later is found', async () => {
    const made = prober()
    await clock.advanceUntil(made.probe(a, { signal }))
    await clock.advanceUntil(made.probe(b, { signal }))
    expect(probed(nobody)).toBe(1)
    answers.set(nobody, 'connected')
    await clock.advance(60_000)
    expect(await clock.advanceUntil(made.probe(b, { signal }))).toMatchObject({ kind: 'handshake' })
    expect(results.map(({ passed }) => passed)).toEqual([true, false])
  })

  test('the lie test is of the same family and port', async () => {
    const options = { lieTestAddress: '10.9.9.9', lieTestAddressIPv6: 'fd00::9', port: 10_250 }
    answers.set('fd00::1', 'connected')
    const made = prober(options)
    await clock.advanceUntil(made.probe({ ...a, address: '10.0.0.1' }, { signal }))
    await clock.advanceUntil(made.probe({ ...a, address: '[fd00::1]:443' }, { signal }))
    expect(asked.filter((_, index) => index % 2 === 1)).toEqual([
      { host: '10.9.9.9', port: 10_250 },
      { host: 'fd00::9', port: 443 },
    ])
  })

  test('a refusal is a hint', async () => {
    answers.set('10.0.0.1', 'refused')
    expect(await clock.advanceUntil(prober().probe(a, { signal }))).toMatchObject({ kind: 'refused' })
  })

  test.each([undefined, 'unreachable'] as const)('no answer (%s) is silence', async (answer) => {
    answers.delete('10.0.0.1')
    if (answer !== undefined) answers.set('10.0.0.1', answer)
    expect(await clock.advanceUntil(prober().probe(a, { signal }))).toMatchObject({
      kind: 'silence',
      at: answer === undefined ? 200 : 1,
    })
  })

  test('what could not be sent says nothing about the node', async () => {
    answers.set('10.0.0.1', 'unsent')
    const made = prober()
    await expect(clock.advanceUntil(made.probe(a, { signal }))).rejects.toThrow(ProbeNotSentError)
    await expect(made.probe({ ...a, address: 'localhost:22' }, { signal })).rejects.toThrow(ProbeNotSentError)
    made.watch([a])
    await clock.advance(1000)
    expect(heard).toEqual([])
    made.watch([])
  })

  test('a probe ends with its signal, and leaves nothing behind', async () => {
    answers.delete('10.0.0.1')
    const controller = new AbortController()
    const probe = prober().probe(a, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(probe).rejects.toThrow('enough')
    await clock.advance(0)
    expect([open, clock.sleepers]).toEqual([0, 0])
  })

  test('has no witnesses', async () => {
    expect(await prober().askWitnesses(a, ['b'], { signal })).toEqual([])
  })
})

describe('rhythm', () => {
  test('each node has its own', async () => {
    const made = prober()
    made.watch([a, b])
    await clock.advance(4100)
    expect([probed('10.0.0.1'), probed('10.0.0.2')]).toEqual([21, 3])
    expect(new Set(kinds())).toEqual(new Set(['reply']))
    made.watch([])
  })

  test('a node that stays keeps its rhythm; one that goes is left alone, without a timer or socket', async () => {
    const made = prober()
    made.watch([a, b])
    await clock.advance(1000)
    made.watch([{ ...b }])
    await clock.advance(0)
    expect(probed('10.0.0.2')).toBe(1)
    const before = probed('10.0.0.1')
    await clock.advance(10_000)
    expect(probed('10.0.0.1')).toBe(before)
    made.watch([])
    await clock.advance(0)
    expect([open, clock.sleepers]).toEqual([0, 0])
  })

  test('a silent node has one socket at a time', async () => {
    answers.delete('10.0.0.1')
    const made = prober({ timeout: 1000 })
    made.watch([a])
    await clock.advance(500)
    expect(open).toBe(1)
    await clock.advance(4600)
    expect(kinds()).toEqual(Array.from({ length: 5 }, () => 'silence'))
    expect(open).toBe(1)
    made.watch([])
  })

  test('never probes faster than allowed', async () => {
    const made = prober({ interval: 500 })
    made.watch([a])
    await clock.advance(2100)
    expect(probed('10.0.0.1')).toBe(5)
    made.watch([])
  })

  test('a listener that has left hears nothing', async () => {
    const made = prober()
    const late: ProbeEvidence[] = []
    const leave = made.listen((evidence) => late.push(evidence))
    leave()
    made.watch([a])
    await clock.advance(300)
    expect(heard.length).toBeGreaterThan(0)
    expect(late).toEqual([])
    made.watch([])
  })
})
