import type { KubernetesClient, ListOptions } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { findRunningOperators } from './running-operators.ts'

const minute = 60_000
const at = (age: number): string => new Date(Date.UTC(2026, 0, 1) - age).toISOString()

/** A Lease by its holder's clock, and by the API server's. */
function lease(name: string, renewed: number, written?: number, holderIdentity = `${name}_0a1b2c3d`): object {
  const managedFields =
    written === undefined ? {} : { managedFields: [{ time: at(90 * minute) }, { time: at(written) }] }
  const metadata = { name, namespace: 'failover-ip', uid: name, resourceVersion: '1', ...managedFields }
  return { metadata, spec: { holderIdentity, renewTime: at(renewed) } }
}

async function running(leases: readonly object[], container: object = {}) {
  const client = {
    list: (_type: unknown, _options: ListOptions) => Promise.resolve({ items: leases }),
    get: () => Promise.resolve({ metadata: {}, spec: { containers: [container] } }),
  } as unknown as KubernetesClient
  const found = await findRunningOperators(client, { signal: new AbortController().signal })
  return found.kind === 'read' ? found.value : []
}
const names = async (leases: readonly object[]) => (await running(leases)).map(({ lease: name }) => name)

const node = lease('node-1', 5000, 5000, 'node-1')

test('who renews its Lease runs, and who stopped a minute ago does not', async () => {
  const leases = [node, lease('failover-ip-a', 1000, 1000), lease('failover-ip-b', 2 * minute, 2 * minute)]
  expect(await names(leases)).toEqual(['failover-ip-a'])
  expect(await names([lease('failover-ip-a', 1000), lease('failover-ip-b', 2 * minute)])).toEqual(['failover-ip-a'])
})

test('a holder whose clock is ahead, or behind, changes nothing for others, and has its Lease judged by when it was written', async () => {
  const ahead = lease('node-2', -60 * minute, 1000, 'node-2')
  const behind = lease('failover-ip-b', 60 * minute, 1000)
  const gone = lease('failover-ip-c', -60 * minute, 5 * minute)
  expect(await names([ahead, node, lease('failover-ip-a', 1000, 1000), behind, gone])).toEqual([
    'failover-ip-a',
    'failover-ip-b',
  ])
})

test.each<[object, string, number]>([
  [{}, 'failover-ip.dev/a', 7476],
  [{ args: ['--controller-name=mine', '--probe-port=7000'] }, 'mine', 7000],
  [{ command: ['operator', '--controller-name', 'mine', '--probe-port', '7000'] }, 'mine', 7000],
  [{ env: [{ name: 'FAILOVER_IP_PROBE_PORT', value: '7001' }] }, 'failover-ip.dev/a', 7001],
])('what it was told is read from its pod: %j', async (container, controllerName, probePort) => {
  expect(await running([lease('failover-ip-a', 0, 0)], container)).toMatchObject([{ controllerName, probePort }])
})
