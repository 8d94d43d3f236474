import type * as https from 'node:https'
import { isIP } from 'node:net'
import type { KubeConfig } from '@kubernetes/client-node'
import { version } from '../version.ts'
import { loadKubeConfig, type KubeConfigSource } from './kube-config.ts'
import { createNodeTransport, type ClosableTransport } from './node-transport.ts'
import { TransportError } from './transport-error.ts'

export interface KubernetesTransportOptions extends KubeConfigSource {
  /** Default `failover-ip/VERSION`. */
  readonly userAgent?: string
}

/** A connection to one API server, with what the configuration says about it. */
export interface ConnectedTransport extends ClosableTransport {
  /** Address of the API server, for messages. */
  readonly server: string
  /** The namespace of the context, or of the pod. */
  readonly namespace: string | undefined
}

/**
 * Connects to the API server that the kubeconfig names, or to that of the cluster this process runs in. Nothing is
 * sent yet. Rejects with a `TransportError` (`NO_KUBECONFIG`, `INVALID_KUBECONFIG`) whose message says what to do.
 *
 * A proxy is used when the context has a `proxy-url`, or, outside a cluster and not for loopback, when the
 * environment names one (`HTTPS_PROXY`, `NO_PROXY`; needs Node.js 22.21 or 24.5).
 *
 * @example
 * const transport = await createKubernetesTransport({ kubeConfig: 'auto' })
 * const response = await transport.request({ method: 'GET', path: '/version', signal })
 */
export async function createKubernetesTransport(options: KubernetesTransportOptions = {}): Promise<ConnectedTransport> {
  const { config, inCluster } = await loadKubeConfig(options)
  const server = serverOf(config)
  const connectionConfig = server.protocol === 'http:' ? await withPlainHttp(config, server) : config
  const viaContext = config.getCurrentCluster()?.proxyUrl !== undefined
  const environment = options.environment ?? process.env
  const transport = createNodeTransport({
    server,
    userAgent: options.userAgent ?? `failover-ip/${version}`,
    connection: () => connectionOf(connectionConfig, viaContext),
    ...(inCluster || viaContext || isLoopback(server.hostname) ? {} : { proxy: environment }),
  })
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace
  return { ...transport, server: server.origin, namespace }
}

async function connectionOf(config: KubeConfig, viaContext: boolean): Promise<https.RequestOptions> {
  const options: https.RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { agent, ...rest } = options
  return viaContext && agent !== undefined ? { ...rest, agent } : rest
}

function serverOf(config: KubeConfig): URL {
  const address = config.getCurrentCluster()?.server ?? ''
  const server = URL.parse(address)
  if (server?.protocol === 'https:' || server?.protocol === 'http:') return server
  throw new TransportError('The cluster of the kubeconfig has no server with an http or https address.', {
    code: 'INVALID_KUBECONFIG',
    outcome: 'not-applied',
  })
}

/** The client library refuses plain HTTP unless TLS verification is off. On loopback there is nothing to verify. */
async function withPlainHttp(config: KubeConfig, server: URL): Promise<KubeConfig> {
  if (!isLoopback(server.hostname)) return config
  const { KubeConfig } = await import('@kubernetes/client-node')
  const plain = new KubeConfig()
  plain.loadFromOptions({
    clusters: config.getClusters().map((cluster) => ({ ...cluster, skipTLSVerify: true })),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  })
  return plain
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
