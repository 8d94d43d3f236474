import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A kubeconfig without credentials for a server on plain HTTP. */
export function kubeconfigText(url: string, namespace = 'default'): string {
  const name = 'failover-ip-local-cluster'
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: url } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      'current-context': name,
    },
    undefined,
    2,
  )}\n`
}

export interface KubeconfigFile extends AsyncDisposable {
  readonly path: string
}

/** Writes it into a new temporary folder that goes with it. The user's own kubeconfig is never touched. */
export async function writeKubeconfig(url: string, namespace?: string): Promise<KubeconfigFile> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-'))
  const path = join(folder, 'kubeconfig')
  await writeFile(path, kubeconfigText(url, namespace), { mode: 0o600 })
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
