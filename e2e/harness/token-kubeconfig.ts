import { KubeConfig } from '@kubernetes/client-node'
import { writeFile } from 'node:fs/promises'

/** Writes a kubeconfig with the rights of whoever the token is of; of the other one it takes the API server alone. */
export async function writeTokenKubeconfig(file: string, kubeconfig: string, token: string): Promise<void> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error(`${kubeconfig} has no current context with a cluster`)
  const name = 'token'
  config.loadFromOptions({
    clusters: [{ ...cluster, name }],
    users: [{ name, token }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  await writeFile(file, config.exportConfig(), { mode: 0o600 })
}
