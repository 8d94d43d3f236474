import type { TestProject } from 'vitest/node'
import { shareCluster } from '../harness/shared-cluster.ts'
import '../harness/under-test.ts'

/** Starts the cluster of three nodes for all suites of the project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = await shareCluster()
  project.provide('underTest', { kind: 'cluster', nodes: shared.cluster.nodes.length })
  return async () => await shared.leave()
}
