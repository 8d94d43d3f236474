import { soleAuthority, type FailoverEvent } from '@failover-ip/core'
import {
  createEventWriter,
  createKubernetesClient,
  createLeaderElection,
  version,
  type LeaderElection,
  type LeaderElectionEvent,
} from '@failover-ip/kubernetes'
import type { Provider } from '@failover-ip/provider'
import { createClusterKnowledge } from './cluster-knowledge.ts'
import { parseBindAddress } from './http/bind-address.ts'
import type { Endpoints } from './http/endpoint.ts'
import { probeEndpoints } from './http/probe-endpoints.ts'
import type { ServedEndpoints } from './http/serve-endpoints.ts'
import { leadTerm, type LeadContext, type Term } from './lead/lead-term.ts'
import { errorText } from './logging/error-text.ts'
import { logClusterProblems } from './logging/log-cluster-problems.ts'
import { createLogger, type Logger } from './logging/logger.ts'
import { createRedaction } from './logging/redaction.ts'
import { failoverIPSamples } from './metrics/failover-ip-samples.ts'
import { createOperatorMetrics } from './metrics/operator-metrics.ts'
import type { OperatorPorts } from './operator-ports.ts'
import type { OperatorOptions } from './options/operator-options.ts'

/** Where an operator lives that is told nothing and runs in no pod. */
const fallbackNamespace = 'failover-ip-system'

/**
 * Runs until the signal is aborted: then what is under way is finished or recorded, the Lease released, and it
 * resolves. Rejects with `StartError` or `TransportError` when it cannot start, with `ScopeDidNotEndError` when the
 * process has to be ended.
 */
export async function runOperator(
  provider: Provider,
  ports: OperatorPorts,
  options: OperatorOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random } = ports
  const redaction = createRedaction()
  const write = (line: string): void => ports.output.write(line)
  const logger = createLogger({
    clock,
    level: options.logLevel,
    format: options.logFormat,
    write,
    redact: redaction.redact,
  })
  const life = new AbortController()
  const connection = await ports.connect(options, ports.process.environment)
  const namespace = options.namespace ?? connection.namespace ?? fallbackNamespace
  const identity = identityOf(ports)
  const onTrouble = (error: unknown): void =>
    logger.error('Something failed and was survived.', { error: errorText(error) })
  const client = createKubernetesClient({ transport: connection.transport, clock })
  const knowledge = createClusterKnowledge({
    provider,
    transport: connection.transport,
    clock,
    random,
    open: { fetch: ports.fetch, clock, userAgent: `failover-ip/${version}` },
    controllerName: options.controllerName,
    namespace,
    signal: life.signal,
    onProblem: logClusterProblems(logger, clock),
    onTrouble,
    onSecret: (name, values) => redaction.set(name, values),
  })
  const events = createEventWriter({ client, clock, random, controller: options.controllerName, instance: identity })
  const election = options.leaderElect
    ? createLeaderElection({
        client,
        clock,
        random,
        namespace,
        name: options.leaseName,
        identity,
        timing: options.leaseTiming,
        onEvent: (event) => logElection(logger, event),
      })
    : undefined
  let term: Term | undefined
  const metrics = createOperatorMetrics({
    provider: provider.name,
    version,
    leaseName: options.leaseName,
    isLeader: () => (election === undefined ? term !== undefined : election.isLeader()),
    failoverIPs: () => (term === undefined ? [] : failoverIPSamples(term)),
  })
  const lead: LeadContext = {
    clock,
    random,
    client,
    knowledge,
    prober: ports.createProber({ clock, random }),
    capabilities: provider.capabilities,
    createEngine: ports.createEngine,
    events: { ...events, emit: (event) => events.emit({ ...event, note: redaction.redact(event.note) }) },
    dryRun: options.dryRun,
    onEvent: (event) => {
      logEvent(logger, event)
      metrics.onEvent(event)
    },
    onProviderCall: metrics.onProviderCall,
    onTrouble,
  }
  const onTerm = (now: Term | undefined): void => {
    term = now
  }

  const servers: ServedEndpoints[] = []
  try {
    servers.push(...(await serveAll(ports, options, probeEndpoints(knowledge.unsynced), metrics.render)))
    logger.info('Started.', { version, provider: provider.name, namespace, server: connection.server, identity })
    const background = Promise.all([knowledge.run(life.signal), events.run(life.signal)])
    await leadWhenKnown(knowledge.whenSynced, logger, election, lead, onTerm, signal)
    life.abort()
    await background
    logger.info('Stopped.')
  } finally {
    life.abort()
    await Promise.all(servers.map((server) => server.close()))
    connection.close()
  }
}

async function leadWhenKnown(
  whenSynced: (signal: AbortSignal) => Promise<void>,
  logger: Logger,
  election: LeaderElection | undefined,
  context: LeadContext,
  onTerm: (term: Term | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    // Who does not know the cluster must not keep others from leading.
    await whenSynced(signal)
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  logger.info('The cluster is known; standing by.')
  if (election === undefined) {
    await leadTerm(context, { signal, authority: soleAuthority }, onTerm)
  } else {
    await election.run(signal, (scope) =>
      leadTerm(context, { signal: scope.signal, authority: { mayAct: () => scope.isLeader() } }, onTerm),
    )
  }
  if (!signal.aborted) throw new Error('the engine ended without having been told to')
}

async function serveAll(
  { serve }: OperatorPorts,
  { metricsBindAddress, healthProbeBindAddress }: OperatorOptions,
  probes: Endpoints,
  renderMetrics: () => string,
): Promise<readonly ServedEndpoints[]> {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8'
  const metrics: Endpoints = { '/metrics': () => ({ status: 200, contentType, body: renderMetrics() }) }
  const wanted: ReadonlyMap<string, Endpoints> =
    metricsBindAddress === healthProbeBindAddress
      ? new Map([[metricsBindAddress, { ...metrics, ...probes }]])
      : new Map([
          [healthProbeBindAddress, probes],
          [metricsBindAddress, metrics],
        ])
  const served: ServedEndpoints[] = []
  for (const [text, endpoints] of wanted) {
    const address = parseBindAddress(text)
    if (address !== undefined) served.push(await serve(address, endpoints))
  }
  return served
}

function logElection(logger: Logger, event: LeaderElectionEvent): void {
  switch (event.type) {
    case 'leading':
      return logger.info('Leading.', { transitions: event.transitions })
    case 'lost':
      return logger.warn('Leadership was lost.', { reason: event.reason })
    case 'released':
      return logger.info('The Lease was released.')
    case 'holder':
      return logger.info('The leader is another now.', { holder: event.holder ?? 'nobody' })
    case 'trouble':
      return logger.warn('The Lease cannot be read or written; trying on.', { error: errorText(event.error) })
  }
}

function logEvent(logger: Logger, { type, summary, key, reason }: FailoverEvent): void {
  if (type === 'Warning') logger.warn(summary, { failoverIP: key, reason })
  else logger.info(summary, { failoverIP: key, reason })
}

/** Unique to this start: a pod's name lives on over a restart of its container. */
function identityOf({ process, random }: OperatorPorts): string {
  const host = process.environment['POD_NAME'] ?? process.environment['HOSTNAME'] ?? 'operator'
  const suffix = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
  return `${host}_${suffix}`
}
