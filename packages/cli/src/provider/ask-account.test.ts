import {
  createKubernetesClient,
  failoverIPClassResource,
  parseFailoverIPClass,
  secretResource,
  type ParsedFailoverIPClass,
} from '@failover-ip/kubernetes'
import { createApiServer, failoverIPResources, type ApiServer } from '@failover-ip/local-cluster'
import { classObject, operatorNamespace, pseudoRandom, secretObject } from '@failover-ip/local-cluster/operator-cluster'
import { createNetcupEmulator, createVirtualClock, type NetcupEmulator } from '@failover-ip/provider-testkit'
import { beforeEach, expect, it } from 'vitest'
import type { Access } from '../cluster/access-review.ts'
import { askAccount, type AccountAnswer } from './ask-account.ts'
import { createFindProvider } from './find-provider.ts'

// What takes real time is over before virtual time begins.
await import('@failover-ip/provider-netcup')

const { signal } = new AbortController()
const address = '198.18.88.63'
const clock = createVirtualClock()

let api: ApiServer
let cloud: NetcupEmulator
let served: ParsedFailoverIPClass
beforeEach(async () => {
  api = createApiServer({ resources: failoverIPResources(), clock, random: pseudoRandom() })
  cloud = createNetcupEmulator({ clock, switches: { rotatesRefreshToken: true } })
  cloud.addUnit({ unit: `${address}/32`, server: cloud.addServer({ nickname: 'node-1' }).id })
  const client = createKubernetesClient({ transport: api.transport, clock })
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: operatorNamespace } }
  const path = '/api/v1/namespaces'
  await api.transport.request({ method: 'POST', path, body: JSON.stringify(namespace), signal })
  await client.create(secretResource, secretObject('netcup', { refreshToken: cloud.login.refreshToken }), { signal })
  const object = await client.create(failoverIPClassResource, classObject('netcup', { addresses: [address] }), {
    signal,
  })
  const parsed = parseFailoverIPClass(object)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  served = parsed.value
})

async function ask(mayPatch: Access = 'allowed'): Promise<AccountAnswer> {
  const client = createKubernetesClient({ transport: api.transport, clock })
  const context = {
    client,
    clock,
    fetch: cloud.fetch,
    findProvider: createFindProvider([]),
    operatorNamespace,
    review: () => Promise.resolve(mayPatch),
    signal,
  }
  const node = { name: 'node-1', addresses: ['198.18.28.1'], labels: {}, annotations: {} }
  return await clock.advanceUntil(askAccount(served, { addresses: [address], nodes: [node] }, context), {
    withinMilliseconds: 60_000,
  })
}

async function storedToken(): Promise<string> {
  const client = createKubernetesClient({ transport: api.transport, clock })
  const secret = await client.get(secretResource, { namespace: operatorNamespace, name: 'netcup' }, { signal })
  const data = secret['data'] as Readonly<Record<string, string>>
  return Buffer.from(data['refreshToken'] ?? '', 'base64').toString()
}

it('writes a token that the cloud has replaced into its Secret, so that the operator can go on', async () => {
  const before = await storedToken()
  expect(await ask()).toMatchObject({ kind: 'asked', denied: undefined, matches: [{ kind: 'matched' }] })
  expect(await storedToken()).not.toBe(before)
  // The first is void: whoever could not keep the second would be locked out.
  expect(await ask()).toMatchObject({ kind: 'asked', denied: undefined })
  expect(cloud.mutations()).toEqual([])
})

it('asks nothing when it could not keep a replaced token', async () => {
  const before = await storedToken()
  const message = expect.stringContaining('You may not patch the Secret failover-ip/netcup') as string
  expect(await ask('denied')).toEqual({ kind: 'notAsked', why: message })
  expect([await storedToken(), cloud.requests]).toEqual([before, []])
})

it('repeats nothing that a provider throws which should not have thrown', async () => {
  const findProvider = createFindProvider([])
  const provider = await findProvider('failover-ip.dev/netcup')
  if (provider === undefined) throw new Error('netcup is known')
  const token = cloud.login.refreshToken
  const leaking = {
    ...provider,
    create: () => {
      throw new Error(`it was ${token}`)
    },
  }
  const client = createKubernetesClient({ transport: api.transport, clock })
  const context = {
    client,
    clock,
    fetch: cloud.fetch,
    findProvider: () => Promise.resolve(leaking),
    operatorNamespace,
    review: () => Promise.resolve('allowed' as const),
    signal,
  }
  const answer = await askAccount(served, { addresses: [address], nodes: [] }, context)
  expect(answer).toMatchObject({ kind: 'notAsked' })
  expect(JSON.stringify(answer)).not.toContain(token)
})
