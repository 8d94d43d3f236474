import { eventResource, failoverIPResource, isApiError, serviceResource } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Fault } from '../api/faults.ts'
import { failoverIPObject, namespace } from '../operator-cluster/cluster-object.ts'
import { address, createEmbeddedCluster } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
const other = { ip: '198.51.100.7', ipMode: 'VIP' }
const ours = [{ ip: address, ipMode: 'VIP' }]
let cluster: EmbeddedCluster
beforeEach(async () => {
  cluster = await createEmbeddedCluster()
  await cluster.install()
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const publish = async (spec: object = {}, name = 'traefik'): Promise<void> => {
  const full = { type: 'LoadBalancer', ipFamilies: ['IPv4'], ...spec }
  await cluster.client.create(serviceResource, { metadata: { namespace, name }, spec: full }, { signal })
}
const refer = async (service?: string, name = 'web'): Promise<void> =>
  await cluster.apply(
    'FailoverIP',
    failoverIPObject(name, [address], service === undefined ? {} : { serviceRef: { name: service } }),
  )
const ingress = async (name = 'traefik'): Promise<unknown> => {
  const { status } = await cluster.client.get(serviceResource, { namespace, name }, { signal })
  return (status as { loadBalancer?: { ingress?: unknown } } | undefined)?.loadBalancer?.ingress ?? []
}
const setIngress = async (entries: readonly object[], name = 'traefik'): Promise<void> => {
  const body = { status: { loadBalancer: { ingress: entries.length === 0 ? null : entries } } }
  const patch = { type: 'merge', subresource: 'status', body } as const
  await cluster.client.patch(serviceResource, { namespace, name }, patch, { signal })
}
const published = async (): Promise<string | undefined> => {
  const condition = await cluster.condition('Published')
  return condition && `${condition.status} ${condition.reason}`
}
/** The first write of addresses to a Service takes its time. */
const slowWrite = (service: string): Fault => ({
  action: { type: 'delay', milliseconds: 800 },
  matches: ({ method, path }) => method === 'PATCH' && path.endsWith(`/services/${service}/status`),
  times: 1,
})
const isGone = async (): Promise<boolean> => {
  try {
    await cluster.client.get(failoverIPResource, { namespace, name: 'web' }, { signal })
    return false
  } catch (error) {
    if (isApiError(error, 'NotFound')) return true
    throw error
  }
}
const events = async (): Promise<readonly unknown[]> =>
  (await cluster.client.list(eventResource, { signal })).items.map((event) => [event['reason'], event['note']])
const untilPublished = async (is: string, within = 20): Promise<void> =>
  await cluster.until(async () => (await published()) === is, within)
/** A Service and a FailoverIP that names it, whose addresses an operator has published there. */
const startPublished = async (): Promise<void> => {
  await publish()
  await refer('traefik')
  cluster.start()
  await untilPublished('True Published')
}

describe('a FailoverIP that names a Service', () => {
  it('has its addresses as those of the load balancer, and takes them back when it names another, or goes', async () => {
    await publish()
    await publish({}, 'nginx')
    await refer('traefik')
    cluster.start()
    await untilPublished('True Published')
    expect([await ingress(), await ingress('nginx')]).toEqual([ours, []])
    await refer('nginx')
    await cluster.until(async () => JSON.stringify(await ingress('nginx')) === JSON.stringify(ours))
    expect(await ingress()).toEqual([])
    await untilPublished('True Published')
    await refer()
    await untilPublished('undefined'.slice(9)).catch(() => undefined)
    expect(await published()).toBeUndefined()
    expect(await ingress('nginx')).toEqual([])
    await refer('traefik')
    await untilPublished('True Published')
    await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
    await cluster.until(isGone)
    expect(await ingress()).toEqual([])
  })

  it('says so when there is no such Service, and is Ready all the same', async () => {
    await refer('traefik')
    cluster.start()
    await untilPublished('False ServiceNotFound')
    await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True')
    expect((await cluster.status()).publishedTo).toBeUndefined()
  })

  it('leaves entries of others alone, before and after its own, and names them', async () => {
    await publish()
    await setIngress([other])
    await refer('traefik')
    cluster.start()
    await untilPublished('False ServiceTaken')
    expect((await cluster.condition('Published'))?.message).toContain(other.ip)
    expect(await events()).toContainEqual(['ServiceTaken', expect.stringContaining(other.ip)])
    await setIngress([])
    await untilPublished('True Published')
    await setIngress([other])
    await untilPublished('False ServiceTaken')
    await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
    await cluster.until(isGone)
    expect(await ingress()).toEqual([other])
  })

  it('does not fight with who takes the addresses off again: they are back after a minute', async () => {
    await startPublished()
    await cluster.clock.advance(2000)
    await setIngress([])
    await untilPublished('False ServiceTaken')
    await cluster.clock.advance(50_000)
    expect([await published(), await ingress()]).toEqual(['False ServiceTaken', []])
    await untilPublished('True Published')
    expect(await ingress()).toEqual(ours)
  })

  it('is published again at once when its Service was of another type for a while', async () => {
    await startPublished()
    await cluster.clock.advance(2000)
    const change = async (type: string): Promise<void> => {
      const patch = { type: 'merge', body: { spec: { type } } } as const
      await cluster.client.patch(serviceResource, { namespace, name: 'traefik' }, patch, { signal })
    }
    // As the API server does: what the Service showed goes with its type.
    await setIngress([])
    await change('ClusterIP')
    await untilPublished('False NotLoadBalancer')
    await change('LoadBalancer')
    await untilPublished('True Published', 2)
    expect(await ingress()).toEqual(ours)
  })

  it('is published at once in a Service that was deleted and made again', async () => {
    await startPublished()
    const remove = () => cluster.client.delete(serviceResource, { namespace, name: 'traefik' }, { signal })
    const isShown = async () => JSON.stringify(await ingress()) === JSON.stringify(ours)
    await cluster.clock.advance(2000)
    await remove()
    await publish()
    await cluster.until(isShown, 2)
    await remove()
    await untilPublished('False ServiceNotFound')
    await publish()
    await cluster.until(isShown, 2)
    await untilPublished('True Published', 2)
  })

  it('of two FailoverIPs the older has the Service', async () => {
    await startPublished()
    await cluster.clock.advance(2000)
    const addresses = ['51.15.129.36']
    await cluster.apply('FailoverIP', failoverIPObject('later', addresses, { serviceRef: { name: 'traefik' } }))
    const later = async () => (await cluster.condition('Published', 'later'))?.message
    await cluster.until(async () => (await later())?.includes('The older FailoverIP ingress/web') === true)
    expect(await ingress()).toEqual(ours)
  })

  it('does not wait longer than half a minute for a Service that cannot be written, when it is deleted', async () => {
    await publish()
    await refer('traefik')
    const replica = cluster.start()
    await untilPublished('True Published')
    const isStatus = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
      method === 'PATCH' && path.endsWith('/services/traefik/status')
    const forbidden = { type: 'answer', status: 403, reason: 'Forbidden' } as const
    replica.transport.inject({ action: forbidden, matches: isStatus })
    await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
    await cluster.clock.advance(25_000)
    expect(await isGone()).toBe(false)
    expect(await published()).toBe('False MissingRight')
    await cluster.until(isGone, 10)
  })

  it('goes only when what is on its way to its Service can be taken back', async () => {
    await publish()
    await refer('traefik')
    const write = cluster.start().transport.inject(slowWrite('traefik'))
    await cluster.until(() => Promise.resolve(write.hits === 1))
    await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
    await cluster.until(isGone, 10)
    await cluster.clock.advance(5000)
    expect(await ingress()).toEqual([])
  })

  it('says which right is missing to read Services, and does everything else', async () => {
    await publish()
    await refer('traefik')
    const isServices = ({ path }: { readonly path: string }): boolean => path.includes('/services')
    const replica = cluster.start()
    replica.transport.inject({ action: { type: 'answer', status: 403, reason: 'Forbidden' }, matches: isServices })
    await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True')
    await untilPublished('Unknown MissingRight')
    expect((await cluster.condition('Published'))?.message).toContain('services')
    expect(await cluster.classCondition('Accepted')).toMatchObject({ status: 'True' })
    replica.transport.liftAll()
    await untilPublished('True Published', 120)
  })

  it('keeps what is published over another leader without a write', async () => {
    await publish()
    await refer('traefik')
    const first = cluster.start()
    await untilPublished('True Published')
    await cluster.clock.advance(5000)
    const before = (await cluster.client.get(failoverIPResource, { namespace, name: 'web' }, { signal })).metadata
    await first.stop()
    cluster.start()
    await cluster.clock.advance(20_000)
    const after = (await cluster.client.get(failoverIPResource, { namespace, name: 'web' }, { signal })).metadata
    expect(after.resourceVersion).toBe(before.resourceVersion)
    expect(await ingress()).toEqual(ours)
  })
})
