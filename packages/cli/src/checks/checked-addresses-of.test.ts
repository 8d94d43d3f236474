import type { KubernetesClient, KubernetesObject, ResourceType } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { readCluster } from '../cluster/read-cluster.ts'
import { checkedAddressesOf } from './checked-addresses-of.ts'

const { signal } = new AbortController()
const metadata = { name: 'cloud', uid: 'c', resourceVersion: '1' }
const broken = { metadata, spec: { controllerName: 'failover-ip.dev/acme', addresses: ['192.0.2.1'], onDrift: 'No' } }
const objects = new Map<string, readonly KubernetesObject[]>([
  ['FailoverIPClass', [broken]],
  [
    'FailoverIP',
    [
      {
        metadata: { ...metadata, namespace: 'ingress', name: 'web' },
        spec: { addresses: ['192.0.2.1'] },
        status: { className: 'cloud' },
      },
    ],
  ],
])
const client = {
  list: ({ kind }: ResourceType) => Promise.resolve({ items: objects.get(kind) ?? [] }),
} as unknown as KubernetesClient

test('names the class that cannot be read', async () => {
  const cluster = await readCluster(client, { namespace: undefined, signal })
  expect(cluster.unreadable).toMatchObject([{ kind: 'FailoverIPClass', key: 'cloud' }])
  expect(checkedAddressesOf([], cluster)).toMatchObject([{ problem: 'The class cloud cannot be read.' }])
})
