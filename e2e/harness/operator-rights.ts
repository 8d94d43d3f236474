import { KubeConfig } from '@kubernetes/client-node'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ApiClient } from './api-client.ts'
import { run } from './command.ts'

/** The rights that the operator is delivered with, given to a ServiceAccount. */
export interface OperatorRights {
  /** Path of a kubeconfig with them alone. */
  readonly kubeconfig: string
  /** Takes all of them from the ServiceAccount, which stays. */
  take(): Promise<void>
  /** Gives them as they are delivered, whatever was taken. */
  give(): Promise<void>
  remove(): Promise<void>
}

const file = new URL('../../packages/operator/rbac.yaml', import.meta.url)
const tokenShape = z.object({ status: z.object({ token: z.string() }) })

/** Applies `rbac.yaml` in the operator's namespace and makes a kubeconfig of its ServiceAccount in the folder. */
export async function grantOperatorRights(
  api: ApiClient,
  adminKubeconfig: string,
  namespace: string,
  folder: string,
): Promise<OperatorRights> {
  const manifests = (await readFile(file, 'utf8')).replaceAll('failover-ip-system', namespace)
  const kubectl = async (verb: string, ...flags: readonly string[]): Promise<string> =>
    await run(['kubectl', `--kubeconfig=${adminKubeconfig}`, verb, '-f', '-', ...flags], { input: manifests })
  await kubectl('apply')
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/failover-ip`
  const { token } = tokenShape.parse(await api.create(`${account}/token`, { spec: { expirationSeconds: 3600 } })).status

  const config = new KubeConfig()
  config.loadFromFile(adminKubeconfig)
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error(`${adminKubeconfig} has no current context with a cluster`)
  const name = 'operator'
  config.loadFromOptions({
    clusters: [{ ...cluster, name }],
    users: [{ name, token }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const kubeconfig = join(folder, 'operator.kubeconfig')
  await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 })
  const role = 'failover-ip-operator'
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const bindings = [
    `${rbac}/clusterrolebindings/${role}`,
    ...['kube-node-lease', namespace].map((of) => `${rbac}/namespaces/${of}/rolebindings/${role}`),
  ]
  return {
    kubeconfig,
    take: async () => {
      for (const binding of bindings) await api.delete(binding)
    },
    give: async () => void (await kubectl('apply')),
    remove: async () => void (await kubectl('delete', '--ignore-not-found', '--wait=false')),
  }
}
