import { createApiClient } from './api-client.ts'
import type { Cluster } from './cluster.ts'
import { nodeSigns } from './node-signs.ts'
import { until } from './until.ts'

/** Boots nodes that have no power, puts every cable in, and uncordons all; resolves when they are Ready. */
export async function restoreNodes(cluster: Cluster): Promise<void> {
  const { readReady } = nodeSigns(createApiClient(cluster.kubeconfig))
  const names = cluster.nodes.map(({ name }) => name)
  for (const name of names) {
    const answers = await cluster.exec(name, ['true']).then(
      () => true,
      () => false,
    )
    if (!answers) await cluster.boot(name)
    await cluster.heal(name)
  }
  await cluster.kubectl(['uncordon', ...names])
  const allReady = async (): Promise<boolean> => {
    for (const name of names) if ((await readReady(name)) !== 'True') throw new Error(`${name} is not Ready`)
    return true
  }
  await until('all nodes to be Ready', allReady, { deadline: 100_000 })
}
