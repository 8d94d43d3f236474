import type { LogFormat, LogLevel } from '@failover-ip/process'

/** How the agent of one node runs; what flags and variables say. */
export interface AgentOptions {
  /** Of the Node object. */
  readonly nodeName: string
  /** A file. Absent: `KUBECONFIG`, `~/.kube/config`, or the pod's service account. */
  readonly kubeconfig: string | undefined
  /** A folder with the keys of the probes. Absent: no probes. */
  readonly probeKeyDirectory: string | undefined
  readonly probePort: number
  /** `host:port`; `0` turns it off. */
  readonly metricsBindAddress: string
  readonly healthProbeBindAddress: string
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}
