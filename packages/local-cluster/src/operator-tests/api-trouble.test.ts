import { failoverIPClassResource, failoverIPResource, nodeResource } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { failoverIPObject } from '../operator-cluster/cluster-object.ts'
import { address, classOf, createEmbeddedCluster } from './embedded-cluster.ts'
import type { Replica } from '../operator-cluster/replica.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
let cluster: EmbeddedCluster
beforeEach(async () => {
  cluster = await createEmbeddedCluster()
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const isReady = async (): Promise<boolean> => (await cluster.condition('Ready'))?.status === 'True'
const isLeading = (replica: Replica): boolean => replica.get('/metrics').body.includes('"failover-ip-scaleway"} 1')
const warnings = ({ log }: Replica): readonly string[] => log.filter((line) => line.includes('"level":"warn"'))

describe('an operator', () => {
  it('starts as soon as the API server answers, and says once that it does not', async () => {
    await cluster.install()
    const replica = cluster.start()
    const away = replica.transport.inject({ action: { type: 'refuse' } })
    await cluster.clock.advance(8000)
    expect(replica.get('/healthz').status).toBe(200)
    expect(replica.get('/readyz').status).toBe(503)
    expect(replica.get('/readyz').body).toContain('The API server cannot be reached for nodes')
    expect(warnings(replica)).toHaveLength(1)
    away.lift()
    await cluster.until(isReady, 40)
    expect(replica.get('/readyz').status).toBe(200)
  })

  it('starts as soon as the definitions are installed, and says what is missing', async () => {
    cluster.api.stopServing('failover-ip.dev', 'failoverips')
    cluster.api.stopServing('failover-ip.dev', 'failoveripclasses')
    const replica = cluster.start()
    await cluster.clock.advance(60_000)
    expect(warnings(replica)).toHaveLength(2)
    expect(warnings(replica).join('')).toContain('install the custom resource definitions')
    expect(replica.get('/readyz').body).toContain('failoverips')
    for (const definition of failoverIPResources()) cluster.api.serve(definition)
    await cluster.install()
    await cluster.until(isReady, 60)
  })

  it('fights with no second operator of its name, says that there is one, and moves all the same', async () => {
    await cluster.install()
    const first = cluster.start()
    await cluster.until(isReady, 20)
    const second = cluster.start({ leaseName: 'another', dryRun: true })
    const isStatus = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
      method === 'PUT' && path.endsWith('/failoverips/web/status')
    const writes = [first, second].map(({ transport }) =>
      transport.inject({ action: { type: 'delay', milliseconds: 1 }, matches: isStatus }),
    )
    await cluster.clock.advance(20_000)
    expect(writes.reduce((sum, { hits }) => sum + hits, 0)).toBeGreaterThan(2)
    expect(writes.reduce((sum, { hits }) => sum + hits, 0)).toBeLessThan(20)
    expect([first, second].flatMap(warnings).filter((line) => line.includes('--controller-name'))).not.toEqual([])

    const holder = cluster.holder() ?? ''
    cluster.nodes.powerOff(holder)
    await cluster.until(() => Promise.resolve(![undefined, holder].includes(cluster.holder())), 60)
  })

  it('says which right is missing, goes on with what it knows, and recovers by itself', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    const matches = ({ path }: { readonly path: string }): boolean => path.startsWith('/api/v1/nodes')
    const taken = replica.transport.inject({ matches, action: { type: 'answer', status: 403, reason: 'Forbidden' } })
    replica.transport.dropWatches(matches)
    await cluster.clock.advance(60_000)
    expect(warnings(replica).filter((line) => line.includes('RBAC'))).toHaveLength(1)
    expect(warnings(replica).join('')).toContain(
      'Listing and watching nodes in the whole cluster is not allowed by RBAC',
    )
    expect(await isReady()).toBe(true)
    expect(await cluster.classCondition('Accepted')).toMatchObject({ status: 'False', reason: 'MissingRight' })
    taken.lift()
    await cluster.client.patch(
      nodeResource,
      { name: 'node-3' },
      { type: 'merge', body: { metadata: { labels: { role: 'edge' } } } },
      { signal },
    )
    cluster.cloud.addIp({ unit: '51.15.129.60/32' })
    await cluster.apply('FailoverIP', failoverIPObject('edge', ['51.15.129.60'], { nodeSelector: { role: 'edge' } }))
    await cluster.until(async () => (await cluster.condition('Ready', 'edge'))?.status === 'True', 60)
    expect(cluster.holder('51.15.129.60/32')).toBe('node-3')
    expect(await cluster.classCondition('Accepted')).toMatchObject({ status: 'True', reason: 'Accepted' })
  })

  it('says once that it may not write, and goes on as soon as it may', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    const matches = ({ path }: { readonly path: string }): boolean => path.endsWith('/status')
    const taken = replica.transport.inject({ matches, action: { type: 'answer', status: 403, reason: 'Forbidden' } })
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.clock.advance(300_000)
    expect(replica.log.filter((line) => line.includes('A right is missing') && line.includes('error'))).not.toEqual([])
    expect(replica.log.filter((line) => line.includes('"level":"error"'))).toHaveLength(1)
    expect(cluster.cloud.mutations()).toHaveLength(1)
    taken.lift()
    await cluster.until(() => cluster.holder() !== before, 20)
    await cluster.until(isReady, 20)
  })

  it('says once that the API server is back, and nothing of its 403s at the start', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    await cluster.clock.advance(30_000)
    const away = replica.transport.inject({ action: { type: 'refuse' } })
    replica.transport.dropWatches()
    await cluster.clock.advance(60_000)
    away.lift()
    const starting = replica.transport.inject({ action: { type: 'answer', status: 403, reason: 'Forbidden' } })
    await cluster.clock.advance(3000)
    starting.lift()
    await cluster.clock.advance(60_000)
    expect(replica.log.filter((line) => line.includes('The API server answers again.'))).toHaveLength(1)
    expect(warnings(replica).filter((line) => line.includes('cannot be reached'))).toHaveLength(1)
    expect(replica.log.join('')).not.toContain('RBAC')
    expect(await isReady()).toBe(true)
  })

  it('outlives the removal of the definitions, says so, and serves again when they are back', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    for (const plural of ['failoverips', 'failoveripclasses']) cluster.api.stopServing('failover-ip.dev', plural)
    replica.transport.dropWatches()
    await cluster.clock.advance(60_000)
    expect(warnings(replica).filter((line) => line.includes('install the custom resource definitions'))).toHaveLength(2)
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.clock.advance(60_000)
    expect(cluster.cloud.mutations()).toHaveLength(1)
    expect(replica.get('/healthz').status).toBe(200)
    for (const definition of failoverIPResources()) cluster.api.serve(definition)
    await cluster.install()
    await cluster.until(() => cluster.holder() !== before, 60)
    await cluster.until(isReady, 20)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('keeps the address where it is while the API server is away, and moves it afterwards [A45]', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    await cluster.clock.advance(30_000)
    const { node: before = '' } = await cluster.status()
    replica.transport.inject({ action: { type: 'hang' } })
    await cluster.clock.advance(10_000)
    cluster.nodes.powerOff(before)
    await cluster.clock.advance(600_000)
    expect(isLeading(replica)).toBe(false)
    expect(cluster.holder()).toBe(before)
    replica.transport.liftAll()
    await cluster.until(() => cluster.holder() !== before, 120)
    await cluster.until(isReady, 20)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('that is paused for a minute finds another leader, and changes nothing when it wakes [A41]', async () => {
    await cluster.install()
    const first = cluster.start()
    await cluster.until(isReady, 20)
    const second = cluster.start()
    await cluster.clock.advance(15_000)
    const before = cluster.holder() ?? ''
    first.pause()
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 20)
    await cluster.clock.advance(60_000)
    const after = cluster.holder()
    first.resume()
    await cluster.clock.advance(60_000)
    expect(first.log.join('')).toContain('Leadership was lost')
    expect(isLeading(second)).toBe(true)
    expect(isLeading(first)).toBe(false)
    expect(cluster.holder()).toBe(after)
    expect(cluster.cloud.mutations()).toHaveLength(2)
    expect(await isReady()).toBe(true)
  })

  it('that is paused with its intent written sends nothing when it wakes [A41]', async () => {
    await cluster.install()
    const first = cluster.start()
    await cluster.until(isReady, 20)
    cluster.start()
    await cluster.clock.advance(15_000)
    const before = cluster.holder() ?? ''
    const isIntent = ({ path, body = '' }: { readonly path: string; readonly body?: string }): boolean =>
      path.endsWith('/web/status') && body.includes('"operation"')
    const intents = first.transport.inject({
      action: { type: 'delay', milliseconds: 0 },
      matches: (request) => {
        if (!isIntent(request)) return false
        intents.lift()
        first.pause()
        return true
      },
    })
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 40)
    await cluster.clock.advance(60_000)
    const changes = (): number => cluster.cloud.requests.filter(({ method }) => method !== 'GET').length
    expect(changes()).toBe(2)
    first.resume()
    await cluster.clock.advance(60_000)
    expect(first.log.join('')).toContain('Leadership was lost')
    expect(changes()).toBe(2)
    expect(await isReady()).toBe(true)
  })

  it.each(['dropBefore', 'dropAfter'] as const)(
    'ends a move once, whose class goes while it is open, when the class is back (%s)',
    async (kind) => {
      await cluster.install()
      cluster.start()
      await cluster.until(isReady, 20)
      await cluster.clock.advance(30_000)
      const before = cluster.holder() ?? ''
      const isOpen = async (): Promise<boolean> =>
        (await cluster.status()).addresses?.some(({ operation }) => operation !== undefined) === true
      cluster.cloud.faults.add({ method: 'PATCH', fault: { kind } })
      cluster.nodes.powerOff(before)
      await cluster.until(isOpen, 10)
      await cluster.client.delete(failoverIPClassResource, { name: 'scaleway' }, { signal })
      await cluster.until(async () => (await cluster.condition('Ready'))?.reason === 'NoDefaultClass', 20)
      await cluster.clock.advance(60_000)
      await cluster.apply('FailoverIPClass', classOf())
      await cluster.until(isReady, 60)
      expect(await isOpen()).toBe(false)
      expect(cluster.holder()).not.toBe(before)
      expect(cluster.holder()).toBe((await cluster.status()).node)
      expect(cluster.cloud.mutations()).toHaveLength(2)
    },
  )

  it('does not take a FailoverIP for one of the same name that was deleted', async () => {
    await cluster.install()
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    const web = { namespace: 'ingress', name: 'web' }
    const away = replica.transport.inject({ action: { type: 'hang' }, matches: ({ method }) => method === 'GET' })
    await cluster.client.patch(
      failoverIPResource,
      web,
      { type: 'merge', body: { metadata: { finalizers: null } } },
      { signal },
    )
    await cluster.client.delete(failoverIPResource, web, { signal })
    cluster.cloud.addIp({ unit: '51.15.129.77/32' })
    await cluster.apply('FailoverIP', failoverIPObject('web', ['51.15.129.77']))
    await cluster.clock.advance(30_000)
    away.lift()
    await cluster.until(isReady, 120)
    expect((await cluster.status()).addresses?.map((each) => each.address)).toEqual(['51.15.129.77'])
    expect(cluster.holder('51.15.129.77/32')).toBe((await cluster.status()).node)
    expect(replica.get('/metrics').body).not.toContain(`address="${address}"`)
  })

  it('lets go of a FailoverIP that is deleted with its class while the provider is away [A60]', async () => {
    await cluster.install()
    cluster.start()
    await cluster.until(isReady, 20)
    cluster.cloud.faults.add({ times: 1_000_000, fault: { kind: 'status', status: 503 } })
    await cluster.client.delete(failoverIPClassResource, { name: 'scaleway' }, { signal })
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.until(async () => (await cluster.status()).addresses === undefined, 60)
    expect(cluster.holder(`${address}/32`)).toBeDefined()
  })
})
