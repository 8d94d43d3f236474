import { createKubernetesTransport } from '@failover-ip/kubernetes'
import type { ConnectedTransport } from '@failover-ip/kubernetes'
import { describeKubernetesApi } from '@failover-ip/local-cluster/contract'
import { afterAll, beforeAll } from 'vitest'

import { apiUnderTest } from '../harness/under-test.ts'

const { kubeconfig } = apiUnderTest()
let transport: ConnectedTransport

beforeAll(async () => {
  transport = await createKubernetesTransport({ kubeConfig: { file: kubeconfig } })
})
afterAll(() => transport.close())

describeKubernetesApi({
  name: 'real',
  side: 'real',
  transport: () => transport,
  namespaceController: false,
})
