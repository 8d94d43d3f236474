import { createKubernetesClient, version } from '@failover-ip/kubernetes'
import {
  createLogger,
  logClusterProblems,
  logTrouble,
  misspeltVariables,
  serveHealthAndMetrics,
  type Connection,
} from '@failover-ip/process'
import type { AgentPorts } from './agent-ports.ts'
import { createAnchorBook } from './anchor/anchor-book.ts'
import { createClusterView } from './cluster-view.ts'
import { createFailoverNodeWriter } from './failover-node/failover-node-writer.ts'
import { nodeContent } from './failover-node/node-content.ts'
import { logReports } from './logging/log-reports.ts'
import { createAgentMetrics } from './metrics/agent-metrics.ts'
import type { AgentOptions } from './options/agent-options.ts'
import { settings } from './options/settings.ts'
import { createAddressPlane, type AddressReport } from './plane/address-plane.ts'
import { createHolderBook } from './probing/holder-book.ts'
import { createNodeProbes } from './probing/node-probes.ts'
import { wantedOf } from './wanted/share-of-node.ts'

/**
 * Runs until the signal is aborted, then resolves; what the node carries stays. Rejects with `StartError` or
 * `TransportError` when it cannot start. An API server that is away is waited for.
 */
export async function runAgent(ports: AgentPorts, options: AgentOptions, signal: AbortSignal): Promise<void> {
  const connection = await ports.connect(options, ports.process.environment)
  try {
    await runConnected(ports, options, connection, signal)
  } finally {
    connection.close()
  }
}

/** Milliseconds between two looks at whether probes still come. */
const probeLook = 1000

async function runConnected(
  ports: AgentPorts,
  options: AgentOptions,
  { transport, server }: Connection,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, network, output } = ports
  const { nodeName: node, logLevel: level, logFormat: format } = options
  const logger = createLogger({ clock, level, format, write: (line) => output.write(line), redact: (text) => text })
  for (const message of misspeltVariables(ports.process.environment, settings)) logger.warn(message)
  const onError = logTrouble(logger, clock)
  const bootID = await ports.readBootID()
  const client = createKubernetesClient({ transport, clock })

  const probes = createNodeProbes({
    node,
    bootID,
    port: options.probePort,
    keyDirectory: options.probeKeyDirectory,
    clock,
    startProbeAgent: ports.startProbeAgent,
    onStarted: () => logger.info('Answering probes.', { port: options.probePort }),
    onError,
  })
  const holders = createHolderBook({ client, clock, onTargets: probes.watch, onError })
  const writer = createFailoverNodeWriter({ client, clock, random, node, onError })
  const logReport = logReports(logger)
  let report: AddressReport | undefined
  const tell = (): void => {
    if (report !== undefined) writer.say(nodeContent({ bootID, report, fastDetection: probes.fastDetection() }))
  }
  const plane = createAddressPlane({
    network,
    anchors: createAnchorBook({ clock, askMetadata: ports.askMetadata, onError }),
    clock,
    onReport: (latest) => {
      report = latest
      logReport(latest)
      tell()
    },
    onError,
  })
  const cluster = createClusterView({
    transport,
    clock,
    random,
    node,
    onShares: (shares) => {
      plane.want(wantedOf(shares))
      holders.want(shares.flatMap(({ witnessFor }) => witnessFor))
    },
    ...logClusterProblems(logger, clock),
  })
  const followProbes = async (scope: AbortSignal): Promise<never> => {
    for (;;) {
      await clock.sleep(probeLook, { signal: scope })
      tell()
    }
  }

  const servers = await serveHealthAndMetrics({ serve: ports.serve, clock, logger }, options, {
    unsynced: () => [...cluster.unsynced(), ...(report === undefined ? ['addresses of this node'] : [])],
    renderMetrics: createAgentMetrics({
      version,
      report: () => report,
      counts: probes.counts,
      isFastDetectionProven: () => probes.fastDetection().isProven,
      isFollowing: cluster.isFollowing,
    }),
  })
  try {
    logger.info('Started.', { version, node, server, bootID, probes: options.probeKeyDirectory !== undefined })
    if (options.probeKeyDirectory === undefined) {
      logger.warn(
        'There is no probe key (--probe-key-dir): this node answers no probes, and its death is noticed late.',
      )
    }
    await together(signal, [
      (scope) => cluster.run(scope),
      (scope) => plane.run({ signal: scope }),
      (scope) => writer.run({ signal: scope }),
      (scope) => holders.run({ signal: scope }),
      (scope) => probes.run({ signal: scope }),
      followProbes,
    ])
    logger.info('Stopped; what this node carries stays.')
  } finally {
    await servers.close()
  }
}

/** Runs all parts until the signal is aborted, or one of them fails, which ends the others too. */
async function together(
  signal: AbortSignal,
  parts: readonly ((scope: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failure = new AbortController()
  const scope = AbortSignal.any([signal, failure.signal])
  const ended = await Promise.allSettled(
    parts.map((part) =>
      part(scope).catch((error: unknown) => {
        failure.abort(error)
        throw error
      }),
    ),
  )
  if (signal.aborted) return
  for (const part of ended) if (part.status === 'rejected') throw part.reason
}
