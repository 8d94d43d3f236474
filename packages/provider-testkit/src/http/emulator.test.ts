import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { createHttpEmulator } from './emulator.ts'
import type { HttpEmulator } from './emulator.ts'
import { serveEmulator } from './serve-emulator.ts'

/** A cloud with one counter: POST raises it. */
function counter(latencyMs = 100): { clock: VirtualClock; cloud: HttpEmulator; value: () => number } {
  const clock = createVirtualClock()
  let value = 0
  const cloud = createHttpEmulator({
    clock,
    latencyMs,
    answer: ({ method }) => {
      if (method === 'POST') value += 1
      return {
        status: 200,
        body: { value, list: [1, 2] },
        ...(method === 'POST' ? { effect: 'raised' } : {}),
      }
    },
  })
  return { clock, cloud, value: () => value }
}

const post = { method: 'POST' }
const url = 'http://cloud.test/counter?x=1'

describe('createHttpEmulator', () => {
  it('takes half of the latency to the effect and half back', async () => {
    const { clock, cloud, value } = counter()
    const call = cloud.fetch(url, post)
    await clock.advance(49)
    expect(value()).toBe(0)
    await clock.advance(1)
    expect(value()).toBe(1)
    const response = await clock.advanceUntil(call)
    expect(clock.monotonic()).toBe(100)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ value: 1, list: [1, 2] })
    expect(cloud.requests).toEqual([{ at: 50, method: 'POST', path: '/counter?x=1', status: 200, effect: 'raised' }])
  })

  it('draws a latency from a range', async () => {
    const clock = createVirtualClock()
    const draws = [0, 0.5]
    const cloud = createHttpEmulator({
      clock,
      latencyMs: [100, 200],
      random: () => draws.shift() ?? 0,
      answer: () => ({ status: 204 }),
    })
    await clock.advanceUntil(cloud.fetch(url))
    expect(clock.monotonic()).toBe(100)
    await clock.advanceUntil(cloud.fetch(url))
    expect(clock.monotonic()).toBe(250)
  })

  it.each([
    ['refuse', 0, 'ECONNREFUSED'],
    ['dropBefore', 0, 'ECONNRESET'],
    ['dropAfter', 1, 'ECONNRESET'],
  ] as const)('%s breaks the connection with %i effects', async (kind, effects, code) => {
    const { clock, cloud, value } = counter()
    cloud.faults.add({ fault: { kind } })
    await expect(clock.advanceUntil(cloud.fetch(url, post))).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code },
    })
    expect(value()).toBe(effects)
    expect((await clock.advanceUntil(cloud.fetch(url, post))).status).toBe(200)
  })

  it('lets an effect come late, after its connection broke', async () => {
    const { clock, cloud, value } = counter()
    cloud.faults.add({ fault: { kind: 'lateEffect', seconds: 30 } })
    await expect(clock.advanceUntil(cloud.fetch(url, post))).rejects.toThrow('fetch failed')
    expect(value()).toBe(0)
    await clock.advance(30_000)
    expect(value()).toBe(1)
    expect(cloud.requests).toMatchObject([{ status: null, effect: 'raised' }])
  })

  it('never answers when told to hang; the caller ends it, and the cloud goes on with what was sent', async () => {
    const { clock, cloud, value } = counter()
    cloud.faults.add({ fault: { kind: 'hang' } })
    const reason = new Error('deadline')
    for (const expected of [0, 1]) {
      const controller = new AbortController()
      const call = cloud.fetch(url, { ...post, signal: controller.signal })
      await clock.advance(10)
      controller.abort(reason)
      await expect(call).rejects.toBe(reason)
      await clock.advance(1_000)
      expect(value()).toBe(expected)
    }
  })

  it('answers with a given status, shortens lists, and sends nonsense', async () => {
    const { clock, cloud } = counter()
    cloud.faults.add({ fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: { wait: 7 } } })
    const limited = await clock.advanceUntil(cloud.fetch(url, post))
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([429, '7', { wait: 7 }])
    cloud.faults.add({ fault: { kind: 'truncate' } })
    expect(await (await clock.advanceUntil(cloud.fetch(url))).json()).toEqual({ value: 0, list: [1] })
    const html = { 'content-type': 'text/html' }
    cloud.faults.add({ fault: { kind: 'malformed', text: '<html>', contentType: 'text/html' } })
    cloud.faults.add({ fault: { kind: 'status', status: 502, text: '<html>', headers: html } })
    for (const status of [200, 502]) {
      const page = await clock.advanceUntil(cloud.fetch(url))
      const contentType = page.headers.get('content-type')
      expect([page.status, contentType, await page.text()]).toEqual([status, 'text/html', '<html>'])
    }
  })

  it('lets an answer trickle, until the caller ends it', async () => {
    const { clock, cloud, value } = counter(0)
    cloud.faults.add({ times: 2, fault: { kind: 'trickle', secondsPerByte: 10 } })
    const text = JSON.stringify({ value: 1, list: [1, 2] })
    const whole = await clock.advanceUntil(cloud.fetch(url, post))
    expect(await clock.advanceUntil(whole.text())).toBe(text)
    expect(clock.monotonic()).toBe((text.length + 1) * 10_000)
    const controller = new AbortController()
    const broken = await clock.advanceUntil(cloud.fetch(url, { ...post, signal: controller.signal }))
    const reading = broken.text()
    await clock.advance(15_000)
    const reason = new Error('deadline')
    controller.abort(reason)
    await expect(reading).rejects.toBe(reason)
    expect([value(), clock.sleepers]).toEqual([2, 0])
  })

  it('lets something happen between a request and its answer', async () => {
    const { clock, cloud, value } = counter()
    const seen: number[] = []
    cloud.faults.add({ fault: { kind: 'meanwhile', act: () => seen.push(value(), clock.monotonic()) } })
    expect(await (await clock.advanceUntil(cloud.fetch(url, post))).json()).toMatchObject({ value: 1 })
    expect(seen).toEqual([1, 50])
  })

  it('answers text as it is, with the content type that its headers name', async () => {
    const clock = createVirtualClock()
    const text = '<S:Envelope><S:Body/></S:Envelope>'
    const headers = { 'content-type': 'text/xml;charset=utf-8' }
    const cloud = createHttpEmulator({ clock, answer: () => ({ status: 500, headers, text, effect: 'routed' }) })
    const answer = await clock.advanceUntil(cloud.fetch(url, post))
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      500,
      headers['content-type'],
      text,
    ])
    cloud.faults.add({ fault: { kind: 'malformed', text: '<html>', contentType: 'text/html' } })
    const page = await clock.advanceUntil(cloud.fetch(url, post))
    expect([page.headers.get('content-type'), await page.text()]).toEqual(['text/html', '<html>'])
    expect(cloud.requests.map(({ effect }) => effect)).toEqual(['routed', 'routed'])
  })

  it('applies a fault to the requests that it names, so many of them, after so many', async () => {
    const { clock, cloud } = counter(0)
    const undo = cloud.faults.add({ method: 'GET', times: Infinity, fault: { kind: 'status', status: 500 } })
    cloud.faults.add({ method: 'POST|PUT', path: /counter/, skip: 1, times: 2, fault: { kind: 'status', status: 503 } })
    const status = async (method: string): Promise<number> =>
      (await clock.advanceUntil(cloud.fetch(url, { method }))).status
    expect([await status('POST'), await status('POST'), await status('PUT'), await status('POST')]).toEqual([
      200, 503, 503, 200,
    ])
    expect([await status('GET'), await status('GET')]).toEqual([500, 500])
    undo()
    expect(await status('GET')).toBe(200)
  })
})

describe('serveEmulator', () => {
  it('serves over HTTP on the loopback, with broken connections', async () => {
    const { cloud, value } = counter(0)
    const { url: base, close } = await serveEmulator(cloud.handle)
    try {
      expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      const response = await fetch(`${base}/counter`, { method: 'POST', body: '{}' })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
      cloud.faults.add({ fault: { kind: 'dropAfter' } })
      await expect(fetch(`${base}/counter`, post)).rejects.toThrow('fetch failed')
      expect(value()).toBe(2)
    } finally {
      await close()
    }
    await expect(fetch(`${base}/counter`)).rejects.toThrow('fetch failed')
  })

  it('refuses a port that is taken, and what is none, by one sentence', async () => {
    const { cloud } = counter(0)
    const { url: base, close } = await serveEmulator(cloud.handle)
    try {
      const port = Number(new URL(base).port)
      const refused = { name: 'PortError', message: `Port ${port} is in use.` }
      await expect(serveEmulator(cloud.handle, { port })).rejects.toMatchObject(refused)
    } finally {
      await close()
    }
    await expect(serveEmulator(cloud.handle, { port: Number.NaN })).rejects.toThrow('NaN is no port')
    await expect(serveEmulator(cloud.handle, { port: 65_536 })).rejects.toThrow('65536 is no port')
  })
})
