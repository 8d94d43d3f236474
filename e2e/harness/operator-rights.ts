import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ApiClient } from './api-client.ts'
import { run } from './command.ts'
import { writeTokenKubeconfig } from './token-kubeconfig.ts'

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
  const manifests = (await readFile(file, 'utf8')).replaceAll('namespace: failover-ip }', `namespace: ${namespace} }`)
  const kubectl = async (verb: string, ...flags: readonly string[]): Promise<string> =>
    await run(['kubectl', `--kubeconfig=${adminKubeconfig}`, verb, '-f', '-', ...flags], { input: manifests })
  await kubectl('apply')
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/failover-ip`
  const { token } = tokenShape.parse(await api.create(`${account}/token`, { spec: { expirationSeconds: 3600 } })).status

  const kubeconfig = join(folder, 'operator.kubeconfig')
  await writeTokenKubeconfig(kubeconfig, adminKubeconfig, token)
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
