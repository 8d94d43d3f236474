import { inject } from 'vitest'
import type { ApiServerPower } from './api-server-power.ts'
import { attachCluster, type Cluster } from './cluster.ts'
import { attachControlPlane } from './control-plane.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the project's global setup started, or was told to use. */
    readonly underTest: UnderTest
  }
}

export type UnderTest =
  | { readonly kind: 'controlPlane'; readonly folder: string }
  | { readonly kind: 'cluster'; readonly nodes: number }
  | { readonly kind: 'foreign'; readonly kubeconfig: string }

/** The API server that a suite of the project `api` runs against. */
export interface ApiUnderTest {
  readonly kubeconfig: string
  /** Absent when `KUBECONFIG` named a cluster of somebody else: skip what needs it. */
  readonly power: ApiServerPower | undefined
}

/** For suites in `e2e/api`. */
export function apiUnderTest(): ApiUnderTest {
  const underTest = inject('underTest')
  if (underTest.kind === 'foreign') return { kubeconfig: underTest.kubeconfig, power: undefined }
  const power = underTest.kind === 'cluster' ? attachCluster(underTest.nodes) : attachControlPlane(underTest.folder)
  return { kubeconfig: power.kubeconfig, power }
}

/** For suites in `e2e/nodes` and `e2e/failover`: the three-node cluster that all of them share, so leave it as you found it. */
export function clusterUnderTest(): Cluster {
  const underTest = inject('underTest')
  if (underTest.kind !== 'cluster') throw new Error('suites that need nodes belong into e2e/nodes or e2e/failover')
  return attachCluster(underTest.nodes)
}
