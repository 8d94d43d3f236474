import { createKubernetesTransport } from '@failover-ip/kubernetes'
import type { ConnectedTransport } from '@failover-ip/kubernetes'
import { describeKubernetesApi } from '@failover-ip/local-cluster/contract'
import { afterAll, beforeAll, inject } from 'vitest'

import { compactHistory } from '../harness/compact-history.ts'
import { apiUnderTest } from '../harness/under-test.ts'

const { kubeconfig, power } = apiUnderTest()
const underTest = inject('underTest')
let transport: ConnectedTransport

beforeAll(async () => {
  transport = await createKubernetesTransport({ kubeConfig: { file: kubeconfig } })
})
afterAll(() => transport.close())

/** The API server keeps old versions in memory for a minute longer than etcd: only a new one has lost them too. */
async function compact(folder: string): Promise<void> {
  await compactHistory(folder)
  await power?.stopApiServer()
  await power?.startApiServer()
}

describeKubernetesApi({
  name: 'real',
  side: 'real',
  transport: () => transport,
  ...(underTest.kind === 'controlPlane' ? { compact: () => compact(underTest.folder) } : {}),
  namespaceController: underTest.kind !== 'controlPlane',
})
