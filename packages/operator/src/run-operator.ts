import { guardChanges, withDeadline, type FailoverEvent } from '@failover-ip/core'
import {
  createEventWriter,
  createKubernetesClient,
  createLeaderElection,
  version,
  type EventRecord,
  type EventWriter,
  type KubernetesClient,
  type LeaderElection,
  type LeaderElectionEvent,
} from '@failover-ip/kubernetes'
import type { Clock, Provider } from '@failover-ip/provider'
import { createSaveSecret } from './accounts/save-secret.ts'
import { createClusterKnowledge } from './cluster-knowledge.ts'
import { serveOperator } from './http/serve-operator.ts'
import type { LeadContext, Term } from './lead/lead-term.ts'
import { standForElection } from './lead/stand-for-election.ts'
import { logClusterProblems } from './logging/log-cluster-problems.ts'
import { logElection } from './logging/log-election.ts'
import { logTrouble } from './logging/log-trouble.ts'
import { createLogger, type Logger } from './logging/logger.ts'
import { createRedaction } from './logging/redaction.ts'
import { warnOfDetour } from './logging/warn-of-detour.ts'
import { failoverIPSamples } from './metrics/failover-ip-samples.ts'
import { createOperatorMetrics } from './metrics/operator-metrics.ts'
import { operatorIdentity } from './operator-identity.ts'
import type { Connection, OperatorPorts } from './operator-ports.ts'
import { misspeltVariables } from './options/misspelt-variables.ts'
import type { OperatorOptions } from './options/operator-options.ts'

/** Where an operator lives that is told nothing and runs in no pod. */
const fallbackNamespace = 'failover-ip-system'

/**
 * Runs until the signal is aborted: then what is under way is finished or recorded, the Lease released, and it
 * resolves. Rejects with `StartError` or `TransportError` when it cannot start, with a `RangeError` when the timing of
 * the leader election contradicts itself (flags are checked before), and with `ScopeDidNotEndError` when the process has
 * to be ended.
 */
export async function runOperator(
  provider: Provider,
  ports: OperatorPorts,
  options: OperatorOptions,
  signal: AbortSignal,
): Promise<void> {
  const connection = await ports.connect(options, ports.process.environment)
  try {
    await runConnected(provider, ports, options, connection, signal)
  } finally {
    connection.close()
  }
}

async function runConnected(
  provider: Provider,
  ports: OperatorPorts,
  options: OperatorOptions,
  { transport, server, namespace: ownNamespace }: Connection,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, fetch } = ports
  const { controllerName, dryRun } = options
  const namespace = options.namespace ?? ownNamespace ?? fallbackNamespace
  const identity = operatorIdentity(ports)
  const redaction = createRedaction()
  const logger = createOperatorLogger(ports, options, redaction.redact)
  for (const message of misspeltVariables(ports.process.environment, provider.name)) logger.warn(message)
  const onTrouble = logTrouble(logger, clock)
  const client = createKubernetesClient({ transport, clock })
  const life = new AbortController()
  const election = createElection(client, ports, options, { namespace, identity, logger })
  const mayAct = (): boolean => election === undefined || election.isLeader()
  const knowledge = createClusterKnowledge({
    provider,
    transport,
    clock,
    random,
    open: { fetch: guardChanges(fetch, { mayAct }), clock, userAgent: `failover-ip/${version}` },
    controllerName,
    namespace,
    signal: life.signal,
    ...logClusterProblems(logger, clock),
    onTrouble,
    onSecret: (name, values) => redaction.set(name, values),
    saveSecret: createSaveSecret({ client, namespace, logger }),
  })
  const events = createEventWriter({ client, clock, random, controller: controllerName, instance: identity })
  let term: Term | undefined
  const metrics = createOperatorMetrics({
    provider: provider.name,
    version,
    leaseName: options.leaseName,
    isLeader: () => (election === undefined ? term !== undefined : election.isLeader()),
    failoverIPs: () => (term === undefined ? [] : failoverIPSamples(term)),
  })
  const context: LeadContext = {
    clock,
    random,
    client,
    knowledge,
    prober: ports.createProber({ clock, random }),
    capabilities: provider.capabilities,
    createEngine: ports.createEngine,
    emit: (event) => events.emit({ ...event, note: redaction.redact(event.note) }),
    warn: (event) => logEventRecord(logger, event),
    dryRun,
    onEvent: (event) => {
      logEvent(logger, event)
      metrics.onEvent(event)
    },
    onProviderCall: metrics.onProviderCall,
    onTrouble,
  }
  const checkWay = warnOfDetour(logger, server)
  const onTerm = (now: Term | undefined): void => {
    term = now
    if (now !== undefined) checkWay(now.input)
  }
  const onReady = (): void => logger.info('The cluster is known; standing by.')

  const { unsynced } = knowledge
  const servers = await serveOperator(ports.serve, options, { unsynced, renderMetrics: metrics.render })
  try {
    logger.info('Started.', { version, provider: provider.name, namespace, server, identity, dryRun })
    const background = Promise.all([knowledge.run(life.signal), events.run(life.signal)])
    await standForElection({ election, context, onTerm, onReady }, signal)
    await flush(events, clock)
    life.abort()
    await background
    logger.info('Stopped.')
  } finally {
    life.abort()
    await Promise.all(servers.map((each) => each.close()))
  }
}

/** Milliseconds: what the last move has to tell is worth so much of a shut-down. The Lease is released by then. */
const flushDeadline = 1000

async function flush(events: EventWriter, clock: Clock): Promise<void> {
  const { signal } = new AbortController()
  const deadline = { clock, milliseconds: flushDeadline, signal, what: 'writing the last Events' }
  await withDeadline(deadline, (scope) => events.flush({ signal: scope })).catch(() => undefined)
}

function createElection(
  client: KubernetesClient,
  { clock, random }: OperatorPorts,
  { leaderElect, leaseName: name, leaseTiming: timing }: OperatorOptions,
  own: { readonly namespace: string; readonly identity: string; readonly logger: Logger },
): LeaderElection | undefined {
  if (!leaderElect) return undefined
  const { namespace, identity, logger } = own
  const onEvent = (event: LeaderElectionEvent): void => logElection(logger, event)
  return createLeaderElection({ client, clock, random, namespace, name, identity, timing, onEvent })
}

function createOperatorLogger(
  { clock, output }: OperatorPorts,
  { logLevel: level, logFormat: format }: OperatorOptions,
  redact: (text: string) => string,
): Logger {
  return createLogger({ clock, level, format, write: (line) => output.write(line), redact })
}

function logEventRecord(logger: Logger, { regarding, reason, note }: EventRecord): void {
  const { type, namespace, name } = regarding
  logger.warn(note, { object: `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`, reason })
}

function logEvent(logger: Logger, { type, summary, key, reason }: FailoverEvent): void {
  if (type === 'Warning') logger.warn(summary, { failoverIP: key, reason })
  else logger.info(summary, { failoverIP: key, reason })
}
