import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'

import { createApiServer } from './api-server.ts'
import type { ApiServer } from './api-server.ts'
import { failoverIPResources } from './resources/failover-ip-resources.ts'

const signal = new AbortController().signal

function seeded(): () => number {
  let state = 7
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

async function call(
  api: ApiServer,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  const request = { method, path, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const { status, body: chunks } = await api.transport.request(request)
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return { status, text: Buffer.concat(read).toString() }
}

const failoverIPs = '/apis/failover-ip.dev/v1alpha1/namespaces/default/failoverips'
const failoverIP = (addresses: readonly string[]): object => ({
  apiVersion: 'failover-ip.dev/v1alpha1',
  kind: 'FailoverIP',
  metadata: { name: 'web' },
  spec: { addresses },
})

describe('in-process API server', () => {
  it('answers the same requests with the same bytes', async () => {
    const run = async (): Promise<readonly string[]> => {
      const clock = createVirtualClock()
      const api = createApiServer({ clock, random: seeded(), resources: failoverIPResources() })
      const made = await call(api, 'POST', failoverIPs, failoverIP(['51.15.129.35']))
      await clock.advance(1_500)
      const generated = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'n-' } }
      const other = await call(api, 'POST', '/api/v1/namespaces', generated)
      return [made.text, other.text]
    }
    expect(await run()).toEqual(await run())
  })

  it('holds our kinds to the rules that are CEL on the real server', async () => {
    const api = createApiServer({ clock: createVirtualClock(), random: seeded(), resources: failoverIPResources() })
    const { status, text } = await call(api, 'POST', failoverIPs, failoverIP(['51.15.129.035']))
    expect(status).toBe(422)
    expect(JSON.parse(text)).toMatchObject({ details: { causes: [{ field: 'spec.addresses[0]' }] } })
  })

  it('tells kubectl create, which sends protobuf whatever is answered, the way that works', async () => {
    const api = createApiServer({ clock: createVirtualClock(), random: seeded() })
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' }
    const request = {
      method: 'POST',
      path: '/api/v1/namespaces/default/secrets',
      headers,
      body: 'k8s',
      signal,
    } as const
    const { status, body } = await api.transport.request(request)
    const read: Uint8Array[] = []
    for await (const chunk of body) read.push(chunk)
    expect(status).toBe(415)
    expect(JSON.parse(Buffer.concat(read).toString())).toMatchObject({
      reason: 'UnsupportedMediaType',
      message: expect.stringContaining('--dry-run=client -o yaml, and pipe that into kubectl apply -f -'),
    })
  })

  it('ends a watch in virtual time, after the bookmarks that it was asked for', async () => {
    const clock = createVirtualClock()
    const api = createApiServer({ clock, random: seeded(), bookmarkIntervalMilliseconds: 10_000 })
    const path = '/api/v1/nodes?watch=true&resourceVersion=5&timeoutSeconds=30&allowWatchBookmarks=true'
    const watched = call(api, 'GET', path)
    await clock.advance(30_000)
    const lines = (await watched).text.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'BOOKMARK',
      'BOOKMARK',
      'BOOKMARK',
    ])
    expect(clock.sleepers).toBe(0)
  })

  it('serves a kind from when it is told to until it is told not to', async () => {
    const api = createApiServer({ clock: createVirtualClock(), random: seeded() })
    expect((await call(api, 'GET', failoverIPs)).status).toBe(404)
    for (const definition of failoverIPResources()) api.serve(definition)
    await call(api, 'POST', failoverIPs, failoverIP(['51.15.129.35']))
    api.stopServing('failover-ip.dev', 'failoverips')
    expect((await call(api, 'GET', failoverIPs)).status).toBe(404)
    for (const definition of failoverIPResources()) api.serve(definition)
    expect((await call(api, 'GET', failoverIPs)).text).toContain('51.15.129.35')
  })
})
