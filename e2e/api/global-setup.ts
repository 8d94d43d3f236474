import type { TestProject } from 'vitest/node'
import { startControlPlane } from '../harness/control-plane.ts'
import { foreignKubeconfig } from '../harness/foreign-kubeconfig.ts'
import '../harness/under-test.ts'

/** Starts a control plane for all suites of the project, unless `KUBECONFIG` names a cluster to use instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kubeconfig = await foreignKubeconfig()
  if (kubeconfig !== undefined) {
    console.error(`running against the cluster of ${kubeconfig}, as KUBECONFIG says`)
    project.provide('underTest', { kind: 'foreign', kubeconfig })
    return async () => undefined
  }
  const controlPlane = await startControlPlane()
  project.provide('underTest', { kind: 'controlPlane', folder: controlPlane.folder })
  return async () => await controlPlane.stop()
}
