import type { TestProject } from 'vitest/node'
import { shareCluster } from '../harness/shared-cluster.ts'
import '../harness/under-test.ts'
import { imageArchives } from '../images/image-archives.ts'

/** Starts the cluster of three nodes, with the images that the chart runs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const archives = await imageArchives(['operator-scaleway', 'operator-netcup', 'operator-digitalocean', 'agent'])
  const shared = await shareCluster()
  const { cluster } = shared
  await cluster.load(archives)
  project.provide('underTest', { kind: 'cluster', nodes: cluster.nodes.length })
  return async () => await shared.leave()
}
