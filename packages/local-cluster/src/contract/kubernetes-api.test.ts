import { createKubernetesTransport } from '@failover-ip/kubernetes'
import type { ConnectedTransport } from '@failover-ip/kubernetes'
import { afterAll, beforeAll } from 'vitest'

import { createApiServer } from '../api/api-server.ts'
import { startApiHttpServer } from '../api/http/api-http-server.ts'
import type { ApiHttpServer } from '../api/http/api-http-server.ts'
import { writeKubeconfig } from '../api/http/kubeconfig.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { resourceFromCrd } from '../api/resources/resource-from-crd.ts'
import { systemClock } from '@failover-ip/runtime'
import { contractCrd } from './contract-crd.ts'
import { describeKubernetesApi } from './kubernetes-api.suite.ts'

const newApi = (): ReturnType<typeof createApiServer> =>
  createApiServer({
    resources: [resourceFromCrd(contractCrd), ...failoverIPResources()],
    clock: systemClock(),
    random: Math.random,
  })

const direct = newApi()
describeKubernetesApi({
  name: 'in process',
  side: 'local',
  transport: () => direct.transport,
  compact: async () => direct.store.expireHistory(),
  namespaceController: true,
})

const served = newApi()
let server: ApiHttpServer
let connected: ConnectedTransport
beforeAll(async () => {
  server = await startApiHttpServer(served.transport)
  await using kubeconfig = await writeKubeconfig(server.url)
  connected = await createKubernetesTransport({ kubeConfig: { file: kubeconfig.path } })
})
afterAll(async () => {
  connected.close()
  await server.close()
})
describeKubernetesApi({
  name: 'over HTTP',
  side: 'local',
  transport: () => connected,
  compact: async () => served.store.expireHistory(),
  namespaceController: true,
})
