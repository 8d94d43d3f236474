import type { TestProject } from 'vitest/node'
import { startCluster } from '../harness/cluster.ts'
import '../harness/under-test.ts'

/** Starts one cluster of three nodes for all suites of the project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ nodes: 3 })
  project.provide('underTest', { kind: 'cluster', nodes: cluster.nodes.length })
  return async () => await cluster.stop()
}
