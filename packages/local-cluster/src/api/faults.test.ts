import type { KubernetesRequest } from '@failover-ip/kubernetes'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import type { VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, it } from 'vitest'

import { createApiServer } from './api-server.ts'
import { withFaults } from './faults.ts'
import type { FaultyTransport } from './faults.ts'

const namespacesPath = '/api/v1/namespaces'
let clock: VirtualClock
let api: FaultyTransport
let signal: AbortSignal
let giveUp: (reason: Error) => void

beforeEach(() => {
  clock = createVirtualClock()
  api = withFaults(createApiServer({ clock, random: () => 0.5 }).transport, clock)
  const controller = new AbortController()
  signal = controller.signal
  giveUp = (reason) => controller.abort(reason)
})

const get = (path: string): KubernetesRequest => ({ method: 'GET', path, signal })
const make = (name: string): KubernetesRequest => ({
  method: 'POST',
  path: namespacesPath,
  body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  signal,
})
const statusOf = async (path: string): Promise<number> => (await api.request(get(path))).status

async function watchOf(path: string): Promise<AsyncIterator<Uint8Array>> {
  const { body } = await api.request(get(path))
  return body[Symbol.asyncIterator]()
}

describe('withFaults', () => {
  it('passes everything on while nothing is injected', async () => {
    expect(await statusOf(namespacesPath)).toBe(200)
  })

  it('refuses until lifted', async () => {
    const fault = api.inject({ action: { type: 'refuse' } })
    await expect(api.request(get(namespacesPath))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      outcome: 'not-applied',
    })
    expect(fault.hits).toBe(1)
    fault.lift()
    expect(await statusOf(namespacesPath)).toBe(200)
  })

  it('answers in place of the server, so often and only where it should', async () => {
    const action = { type: 'answer', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 7 } as const
    api.inject({ action, times: 1, matches: ({ path }) => path.startsWith(namespacesPath) })
    expect(await statusOf('/version')).toBe(200)
    const { status, headers } = await api.request(get(namespacesPath))
    expect([status, headers.get('retry-after')]).toEqual([429, '7'])
    expect(await statusOf(namespacesPath)).toBe(200)
  })

  it('loses the answer after the effect', async () => {
    api.inject({ action: { type: 'loseAnswer' }, times: 1 })
    await expect(api.request(make('made'))).rejects.toMatchObject({ outcome: 'unknown' })
    expect(await statusOf(`${namespacesPath}/made`)).toBe(200)
  })

  it('delays in the time of the clock', async () => {
    api.inject({ action: { type: 'delay', milliseconds: 5_000 } })
    let status = 0
    const answered = statusOf(namespacesPath).then((value) => (status = value))
    await clock.advance(4_999)
    expect(status).toBe(0)
    await clock.advance(1)
    expect(await answered).toBe(200)
  })

  it('hangs until the client gives up', async () => {
    api.inject({ action: { type: 'hang' } })
    const request = api.request(get(namespacesPath))
    giveUp(new Error('enough'))
    await expect(request).rejects.toThrow('enough')
  })

  it('silences an open watch without ending it', async () => {
    const events = await watchOf(`${namespacesPath}?watch=true&resourceVersion=5&timeoutSeconds=60`)
    await api.request(make('one'))
    expect((await events.next()).done).toBe(false)
    const fault = api.inject({ action: { type: 'hang' }, matches: ({ path }) => path.includes('watch=') })
    let settled = false
    const next = events.next().finally(() => (settled = true))
    await api.request(make('two'))
    await clock.advance(60_000)
    fault.lift()
    await clock.advance(1_000)
    expect(settled).toBe(false)
    giveUp(new Error('read deadline'))
    await expect(next).rejects.toThrow('read deadline')
  })

  it('drops open watches', async () => {
    const events = await watchOf(`${namespacesPath}?watch=true&resourceVersion=5`)
    const next = events.next()
    expect(api.dropWatches(({ path }) => path.includes('pods'))).toBe(0)
    expect(api.dropWatches()).toBe(1)
    await expect(next).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(api.dropWatches()).toBe(0)
    expect(clock.sleepers).toBe(0)
  })
})
