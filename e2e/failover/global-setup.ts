import type { TestProject } from 'vitest/node'
import '../harness/under-test.ts'
import { prepareCluster, type Programs } from './programs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly programs: Programs
  }
}

/** Starts the cluster of three nodes for all suites of the project, with what answers and asks there. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prepared = await prepareCluster()
  project.provide('underTest', { kind: 'cluster', nodes: prepared.cluster.nodes.length })
  project.provide('programs', prepared.programs)
  return async () => await prepared.leave()
}
