import { createKubernetesTransport, type KubernetesTransport } from '@failover-ip/kubernetes'
import type { Environment } from './process-port.ts'

/** A way to an API server. */
export interface Connection {
  readonly transport: KubernetesTransport
  /** For the log; never with credentials. */
  readonly server: string
  /** The pod's namespace, when this is a pod. */
  readonly namespace: string | undefined
  close(): void
}

/** Rejects when it is already clear that there is no way to an API server. Sends nothing. */
export type Connect = (
  options: { readonly kubeconfig: string | undefined },
  environment: Environment,
) => Promise<Connection>

export const connect: Connect = async ({ kubeconfig }, environment) => {
  const kubeConfig = kubeconfig === undefined ? 'auto' : { file: kubeconfig }
  const transport = await createKubernetesTransport({ kubeConfig, environment })
  const inPod = kubeconfig === undefined && (environment['KUBERNETES_SERVICE_HOST'] ?? '') !== ''
  return {
    transport,
    server: transport.server,
    namespace: inPod ? transport.namespace : undefined,
    close: () => transport.close(),
  }
}
