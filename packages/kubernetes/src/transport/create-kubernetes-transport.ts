import type * as https from 'node:https'
import { isIP } from 'node:net'
import type { KubeConfig } from '@kubernetes/client-node'
import { version } from '../version.ts'
import { defaultFiles, loadKubeConfig, type KubeConfigSource } from './kube-config.ts'
import { createNodeTransport, type ClosableTransport } from './node-transport.ts'
import { readServiceAccount, serviceAccountFolder } from './service-account.ts'
import { TransportError } from './transport-error.ts'

export interface KubernetesTransportOptions extends KubeConfigSource {
  /** Default `failover-ip/VERSION`. */
  readonly userAgent?: string
  /** Where a pod finds token, CA and namespace. Default: where the kubelet puts them. */
  readonly serviceAccountFolder?: string
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
  const { kubeConfig = 'auto', context, environment = process.env } = options
  const wanted = kubeConfig === 'auto' ? { files: await defaultFiles(environment) } : asWanted(kubeConfig)
  if ('files' in wanted && wanted.files.length === 0) return await connectInCluster(options, environment)
  const config = await loadKubeConfig(wanted, context)
  const server = serverOf(config)
  const connectionConfig = server.protocol === 'http:' ? await withPlainHttp(config, server) : config
  const viaContext = config.getCurrentCluster()?.proxyUrl !== undefined
  const transport = createNodeTransport({
    server,
    userAgent: options.userAgent ?? defaultUserAgent,
    connection: () => connectionOf(connectionConfig, viaContext),
    ...(viaContext || isLoopback(server.hostname) ? {} : { proxy: environment }),
  })
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace
  return { ...transport, server: server.origin, namespace }
}

const asWanted = (given: { readonly file: string } | { readonly text: string }): Parameters<typeof loadKubeConfig>[0] =>
  'text' in given ? given : { files: [given.file] }

const defaultUserAgent = `failover-ip/${version}`

async function connectInCluster(
  options: KubernetesTransportOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConnectedTransport> {
  const account = await readServiceAccount(environment, options.serviceAccountFolder ?? serviceAccountFolder)
  if (account === undefined) {
    throw new TransportError(
      'There is no kubeconfig and this is no pod. Name a file with --kubeconfig or KUBECONFIG, or run in a cluster.',
      { code: 'NO_KUBECONFIG', outcome: 'not-applied' },
    )
  }
  const { server, namespace, connection } = account
  const transport = createNodeTransport({ server, userAgent: options.userAgent ?? defaultUserAgent, connection })
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
