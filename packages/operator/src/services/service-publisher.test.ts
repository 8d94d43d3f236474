import { soleAuthority, type Account, type EngineInput, type FailoverIPInput } from '@failover-ip/core'
import type { CacheEntry, KubernetesClient } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { expect, test } from 'vitest'
import type { OptionalCollection } from '../caches/optional-collection.ts'
import { createServicePublisher } from './service-publisher.ts'
import type { ServiceRecord } from './service-record.ts'

const empty: ServiceRecord = {
  isLoadBalancer: true,
  loadBalancerClass: undefined,
  families: ['IPv4'],
  ingress: [],
  writer: undefined,
}
const services = {
  reflector: {
    state: { synced: true },
    cache: { get: (key: string) => ({ key, uid: key, resourceVersion: '1', value: empty }) },
  },
  problem: () => undefined,
} as unknown as OptionalCollection<ServiceRecord>

function failoverIP(name: string, address: string): FailoverIPInput {
  const server = { id: 's', location: 'z' }
  return {
    key: `ingress/${name}`,
    uid: name,
    addresses: [address],
    account: 'cloud',
    deleting: false,
    protected: true,
    policy: { paused: false },
    status: {
      addresses: [{ address, unit: `${address}/32`, epoch: 1, server }],
      publishedTo: { service: name, addresses: [address] },
    },
  } as unknown as FailoverIPInput
}
const input = (...failoverIPs: readonly FailoverIPInput[]): EngineInput => ({
  nodes: [],
  failoverIPs,
  accounts: [{ key: 'cloud', capabilities: { ipMode: 'VIP' } } as unknown as Account],
})

test('what a newer state no longer asks for is not written, however long the write before it took', async () => {
  const written: string[] = []
  const arrived = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()
  const patch = async (_type: unknown, { name }: { readonly name: string }): Promise<object> => {
    written.push(name)
    arrived.resolve()
    if (written.length === 1) await first.promise
    return { metadata: { resourceVersion: '2' } }
  }
  const end = new AbortController()
  const publisher = createServicePublisher({
    client: { patch } as unknown as KubernetesClient,
    clock: systemClock(),
    services,
    authority: soleAuthority,
    dryRun: false,
    onChange: () => undefined,
    onTrouble: (error) => expect.fail(String(error)),
  })
  const none: readonly CacheEntry<never>[] = []
  const names = new Map(['web', 'later', 'last'].map((name) => [`ingress/${name}`, name]))
  const [web, later, last] = [
    failoverIP('web', '192.0.2.1'),
    failoverIP('later', '192.0.2.2'),
    failoverIP('last', '192.0.2.3'),
  ]
  publisher.plan(input(web, later), names, none)
  const running = publisher.run(end.signal)
  await arrived.promise
  publisher.plan(input(web, last), names, none)
  first.resolve()
  await expect.poll(() => written).toContain('last')
  end.abort()
  await running
  expect(written).not.toContain('later')
})
