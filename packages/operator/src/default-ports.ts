import { createEngine, noProber } from '@failover-ip/core'
import { createKubernetesTransport } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { serveEndpoints } from './http/serve-endpoints.ts'
import type { Connection, Environment, OperatorPorts, ProcessPort } from './operator-ports.ts'
import type { OperatorOptions } from './options/operator-options.ts'

/** The ports of a real process on Node.js. Without a prober, nodes are judged by what Kubernetes says of them. */
export function defaultPorts(): OperatorPorts {
  return {
    clock: systemClock(),
    random: Math.random,
    fetch: globalThis.fetch,
    createProber: () => noProber,
    createEngine,
    connect,
    serve: serveEndpoints,
    output: process.stdout,
    errorOutput: process.stderr,
    process: processPort(),
  }
}

async function connect({ kubeconfig }: OperatorOptions, environment: Environment): Promise<Connection> {
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

function processPort(): ProcessPort {
  const signals = ['SIGTERM', 'SIGINT'] as const
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    onStop: (handler) => {
      for (const name of signals) process.on(name, handler)
      return () => {
        for (const name of signals) process.off(name, handler)
      }
    },
    setExitCode: (code) => {
      process.exitCode = code
    },
    exit: (code) => process.exit(code),
  }
}
