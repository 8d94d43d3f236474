import { cloudTime, guardChanges, withDeadline } from '@failover-ip/core'
import {
  createEventWriter,
  createKubernetesClient,
  createLeaderElection,
  version,
  type EventWriter,
  type KubernetesClient,
  type LeaderElection,
  type LeaderElectionEvent,
} from '@failover-ip/kubernetes'
import type { Clock, Provider } from '@failover-ip/provider'
import {
  type Connection,
  type Logger,
  type Redaction,
  type ServedEndpoints,
  createLogger,
  createRedaction,
  logClusterProblems,
  logTrouble,
  misspeltVariables,
  serveHealthAndMetrics,
} from '@failover-ip/process'
import { createSaveSecret } from './accounts/save-secret.ts'
import { createClusterKnowledge } from './cluster-knowledge.ts'
import type { LeadContext, Term } from './lead/lead-term.ts'
import { standForElection } from './lead/stand-for-election.ts'
import { logEventRecord, logFailoverEvent, logPathEvent } from './logging/log-events.ts'
import { logElection } from './logging/log-election.ts'
import { warnOfDetour } from './logging/warn-of-detour.ts'
import { failoverIPSamples } from './metrics/failover-ip-samples.ts'
import { createOperatorMetrics, type OperatorMetrics } from './metrics/operator-metrics.ts'
import { operatorIdentity } from './operator-identity.ts'
import type { OperatorPorts } from './operator-ports.ts'
import type { OperatorOptions } from './options/operator-options.ts'
import { settingsTable } from './options/settings-table.ts'
import { keepStandingBy } from './probing/keep-standing-by.ts'
import { createProbing } from './probing/probing.ts'

/** Where an operator lives that is told nothing and runs in no pod. */
const fallbackNamespace = 'failover-ip'

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
  const { clock, random } = ports
  const time = cloudTime(clock, ports.fetch)
  const { controllerName, dryRun } = options
  const namespace = options.namespace ?? ownNamespace ?? fallbackNamespace
  const identity = operatorIdentity(ports)
  const redaction = createRedaction()
  const logger = createOperatorLogger(ports, options, redaction.redact)
  for (const message of misspeltVariables(ports.process.environment, settingsTable(provider.name))) logger.warn(message)
  const onTrouble = logTrouble(logger, clock)
  const client = createKubernetesClient({ transport, clock })
  const life = new AbortController()
  const election = createElection(client, ports, options, { namespace, identity, logger })
  const warn = (message: string): void => logger.warn(message)
  const mayAct = (): boolean => election === undefined || election.isLeader()
  const knowledge = createClusterKnowledge({
    provider,
    transport,
    clock,
    random,
    open: { fetch: guardChanges(time.fetch, { mayAct }), clock: time.clock, userAgent: `failover-ip/${version}`, warn },
    controllerName,
    namespace,
    signal: life.signal,
    ...logClusterProblems(logger, clock),
    onTrouble,
    onSecret: (name, values) => redaction.set(name, values),
    saveSecret: createSaveSecret({ client, namespace, logger }),
  })
  const events = createEventWriter({ client, clock, random, controller: controllerName, instance: identity })
  const probing = createProbing(
    await ports.createProber({ clock, random, options, logger, signal: life.signal }),
    clock,
  )
  let term: Term | undefined
  const metrics = createOperatorMetrics({
    provider: provider.name,
    version,
    leaseName: options.leaseName,
    isLeader: () => (election === undefined ? term !== undefined : election.isLeader()),
    failoverIPs: () => (term === undefined ? [] : failoverIPSamples(term)),
    verdicts: () => term?.engine.state.nodes ?? new Map(),
    probing,
    clock: time.clock,
  })
  const context: LeadContext = {
    clock: time.clock,
    random,
    client,
    knowledge,
    probing,
    ...(options.nodeName === undefined ? {} : { ownNode: options.nodeName }),
    capabilities: provider.capabilities,
    createEngine: ports.createEngine,
    dryRun,
    ...tellersOf({ logger, redaction, events, metrics }),
    onTrouble,
  }
  const checkWay = warnOfDetour(logger, server)
  const onTerm = (now: Term | undefined): void => {
    term = now
    if (now === undefined) return
    probing.standBy(now.input)
    checkWay(now.input)
  }
  const onReady = (): void => logger.info('The cluster is known; standing by.')

  const { unsynced } = knowledge
  let servers: Pick<ServedEndpoints, 'close'> | undefined
  try {
    const served = { unsynced, renderMetrics: metrics.render }
    servers = await serveHealthAndMetrics({ serve: ports.serve, clock, logger }, options, served)
    logger.info('Started.', { version, provider: provider.name, namespace, server, identity, dryRun })
    const standBy = { knowledge, probing, clock, onTrouble, isLeading: () => term !== undefined }
    const background = Promise.all([
      knowledge.run(life.signal),
      events.run(life.signal),
      keepStandingBy(standBy, life.signal),
    ])
    await standForElection({ election, context, onTerm, onReady }, signal)
    await flush(events, clock)
    life.abort()
    await background
    logger.info('Stopped.')
  } finally {
    life.abort()
    await Promise.all([servers?.close(), probing.close()])
  }
}

/** To whom a term tells what happens: Events, the log, metrics. */
function tellersOf({
  logger,
  redaction,
  events,
  metrics,
}: {
  readonly logger: Logger
  readonly redaction: Redaction
  readonly events: EventWriter
  readonly metrics: OperatorMetrics
}): Pick<LeadContext, 'emit' | 'warn' | 'onEvent' | 'onPathEvent' | 'onProviderCall'> {
  return {
    emit: (event) => events.emit({ ...event, note: redaction.redact(event.note) }),
    warn: (event) => logEventRecord(logger, event),
    onEvent: (event) => {
      logFailoverEvent(logger, event)
      metrics.onEvent(event)
    },
    onPathEvent: (event) => logPathEvent(logger, event),
    onProviderCall: metrics.onProviderCall,
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
