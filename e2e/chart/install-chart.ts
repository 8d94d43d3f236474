import { createApiClient } from '../harness/api-client.ts'
import type { Cluster } from '../harness/cluster.ts'
import { ifMissing, removeCrds, untilMissing } from '../harness/custom-resources.ts'
import { chartFolder, helm } from './helm.ts'

export const release = 'failover-ip'
export const releaseNamespace = 'failover-ip'

/** The chart in the cluster. Disposing of it leaves nothing, whatever was uninstalled before. */
export interface InstalledChart extends AsyncDisposable {
  /** `helm upgrade --install` to these values alone, until its pods are ready. */
  upgrade(values: object): Promise<void>
  /** `helm rollback` to the revision before the present one. */
  rollBack(): Promise<void>
  uninstall(): Promise<void>
}

export interface InstallChartOptions {
  readonly cluster: Pick<Cluster, 'kubeconfig'>
  readonly values: object
  /** Secrets of the release's namespace, by name, made before: what `credentialsSecret` names. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/**
 * Installs the chart of this repository as the release `failover-ip` in the namespace of the same name; resolves when all
 * its pods are ready. The images that it runs have to be on the nodes: `cluster.load(await imageArchives([...]))`.
 *
 * @example
 * await using chart = await installChart({ cluster, values: { operators: { scaleway: { enabled: true, … } } }, secrets })
 */
export async function installChart(options: InstallChartOptions): Promise<InstalledChart> {
  const { cluster, values, secrets = {} } = options
  const { kubeconfig } = cluster
  const api = createApiClient(kubeconfig)
  const apply = async (verb: readonly string[], wanted: object): Promise<void> => {
    const words = [...verb, release, chartFolder, `--namespace=${releaseNamespace}`, '--wait', '--timeout=120s']
    await helm(words, { kubeconfig, values: wanted })
  }
  const rollBack = async (): Promise<void> => {
    const words = ['rollback', release, `--namespace=${releaseNamespace}`, '--wait', '--timeout=120s']
    await helm(words, { kubeconfig })
  }
  const uninstall = async (): Promise<void> => await uninstallChart(kubeconfig)
  const dispose = async (): Promise<void> => await removeChart(cluster)
  try {
    await api.create('/api/v1/namespaces', { metadata: { name: releaseNamespace } })
    for (const [name, stringData] of Object.entries(secrets))
      await api.create(`/api/v1/namespaces/${releaseNamespace}/secrets`, { metadata: { name }, stringData })
    await apply(['install'], values)
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    upgrade: async (wanted) => await apply(['upgrade', '--install'], wanted),
    rollBack,
    uninstall,
    [Symbol.asyncDispose]: dispose,
  }
}

/** Leaves nothing of the release, whoever installed it, and whatever was uninstalled before; nor what outlives a release. */
export async function removeChart({ kubeconfig }: Pick<Cluster, 'kubeconfig'>): Promise<void> {
  const api = createApiClient(kubeconfig)
  const namespace = `/api/v1/namespaces/${releaseNamespace}`
  await uninstallChart(kubeconfig)
  await removeCrds(api)
  await api.delete(namespace).catch(ifMissing(undefined))
  await untilMissing(api, namespace)
}

async function uninstallChart(kubeconfig: string): Promise<void> {
  const words = ['uninstall', release, `--namespace=${releaseNamespace}`, '--ignore-not-found', '--wait']
  await helm([...words, '--timeout=60s'], { kubeconfig })
}
