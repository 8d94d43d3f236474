import type { LeaderElectionTiming } from '@failover-ip/kubernetes'
import type { LogFormat, LogLevel } from '@failover-ip/process'
import type { LieTestAddresses } from './lie-test-setting.ts'

/** How one operator process runs; what flags and variables say. */
export interface OperatorOptions {
  /** A file. Absent: `KUBECONFIG`, `~/.kube/config`, or the pod's service account. */
  readonly kubeconfig: string | undefined
  /** The operator's own: its Lease and the Secrets of its classes lie there. Absent: the pod's. */
  readonly namespace: string | undefined
  readonly leaderElect: boolean
  readonly leaseName: string
  readonly leaseTiming: LeaderElectionTiming
  /** `host:port`; `0` turns it off. */
  readonly metricsBindAddress: string
  readonly healthProbeBindAddress: string
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  readonly dryRun: boolean
  readonly controllerName: string
  /** The node that this process runs on. Absent: not known. */
  readonly nodeName: string | undefined
  /** Folder with the keys of the probes. Absent: nobody is probed. */
  readonly probeKeyDirectory: string | undefined
  /** UDP port of the agents. */
  readonly probePort: number
  /** Addresses that nobody has: handshakes count only while they stay silent. */
  readonly lieTestAddresses: LieTestAddresses
}
