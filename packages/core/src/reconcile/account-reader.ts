import { ProviderError, isProviderError } from '@failover-ip/provider'
import type { Clock, NodeFacts, Observation, Routing, ServerMatch } from '@failover-ip/provider'
import { indexServers, type ServerIndex } from '../snapshot/server-index.ts'
import { recordReading, type UnitReading } from '../snapshot/unit-reading.ts'
import type { ReadWish } from '../plan/decision.ts'
import { backOff } from './back-off.ts'
import { defaults } from './defaults.ts'

export interface AccountReaderOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  /** Rung when something new is known. */
  readonly onNews: () => void
  /** A call that ends with the process's own stop or its own defect. */
  readonly track: (task: Promise<void>) => void
}

/** What one account says, read when it is wanted: one read for all units that are due. */
export interface AccountReader {
  readonly readings: ReadonlyMap<string, UnitReading>
  readonly servers: ServerIndex
  /** Starts the reads that are wanted or due. Returns the local monotonic moment to ask again. */
  read(routing: Routing, units: readonly string[], wishes: readonly ReadWish[]): number
  resolve(routing: Routing, nodes: readonly NodeFacts[]): number
  /** The matches may be out of date. */
  doubtServers(): void
}

const concurrentReads = 4

export function createAccountReader(options: AccountReaderOptions): AccountReader {
  const { clock, random, signal, onNews, track } = options
  const readings = new Map<string, UnitReading>()
  /** Each with the facts that it was found for. */
  const matches = new Map<string, { readonly match: ServerMatch; readonly facts: string }>()
  const inFlight = new Set<{ readonly requestedAt: number; readonly units: ReadonlySet<string> }>()
  let servers = indexServers(new Map(), false)
  let driftReadAt = Number.NEGATIVE_INFINITY
  let readFailures = 0
  let readNotBefore = 0
  let resolving = false
  let resolveFailures = 0
  let resolveNotBefore = 0
  let resolvedAt = Number.NEGATIVE_INFINITY
  let resolvedFor = ''

  const observe = async (routing: Routing, units: readonly string[]): Promise<void> => {
    const requestedAt = clock.monotonic()
    const flight = { requestedAt, units: new Set(units) }
    inFlight.add(flight)
    try {
      const observations = await observeAll(routing, units, signal)
      for (const observation of observations) {
        readings.set(observation.unit, recordReading(readings.get(observation.unit), observation, requestedAt))
      }
      const failed = observations.length > 0 && observations.every(({ kind }) => kind === 'unknown')
      readFailures = failed ? readFailures + 1 : 0
      const wait = Math.max(Math.min(backOff(readFailures, random), defaults.driftInterval), wishedPause(observations))
      readNotBefore = failed ? clock.monotonic() + wait : 0
    } finally {
      inFlight.delete(flight)
      onNews()
    }
  }

  const resolveAll = async (routing: Routing, nodes: readonly NodeFacts[], asked: string): Promise<void> => {
    resolving = true
    try {
      const answers = await routing.resolve(nodes, { signal })
      const facts = new Map(nodes.map((node) => [node.name, factsOf(node)]))
      for (const [name, known] of matches) if (facts.get(name) !== known.facts) matches.delete(name)
      for (const match of answers) {
        // What is not known now does not undo what was known of the same machine.
        const known = matches.get(match.node)?.match.kind ?? 'unknown'
        if (match.kind === 'unknown' && known !== 'unknown') continue
        matches.set(match.node, { match, facts: facts.get(match.node) ?? '' })
      }
      servers = serversOf(new Map([...matches].map(([name, { match }]) => [name, match])))
      resolvedFor = asked
      resolvedAt = clock.monotonic()
      const unknown = answers.some(({ kind }) => kind === 'unknown')
      resolveFailures = unknown ? resolveFailures + 1 : 0
    } catch (error) {
      resolveFailures += 1
      const why = isProviderError(error) ? error.message : 'The provider could not be asked.'
      if (!servers.known) servers = indexServers(servers.matches, false, notKnown(why))
    } finally {
      resolveNotBefore = resolveFailures === 0 ? 0 : clock.monotonic() + backOff(resolveFailures, random)
      resolving = false
      onNews()
    }
  }

  return {
    readings,
    get servers() {
      return servers
    },
    read: (routing, units, wishes) => {
      const now = clock.monotonic()
      const isDriftRead = now >= driftReadAt + defaults.driftInterval
      const covered = ({ unit, notBefore }: ReadWish): boolean =>
        [...inFlight].some((flight) => flight.units.has(unit) && flight.requestedAt >= notBefore)
      const due = isDriftRead ? units : [...new Set(wishes.filter((wish) => !covered(wish)).map(({ unit }) => unit))]
      const wanted = new Set(units)
      for (const unit of readings.keys()) if (!wanted.has(unit)) readings.delete(unit)
      if (due.length === 0) return driftReadAt + defaults.driftInterval
      if (now < readNotBefore) return readNotBefore
      if (inFlight.size >= concurrentReads) return now + defaults.settleInterval
      if (isDriftRead) driftReadAt = now
      track(observe(routing, due))
      return driftReadAt + defaults.driftInterval
    },
    resolve: (routing, nodes) => {
      const now = clock.monotonic()
      const asked = nodes.map(factsOf).join('\n')
      const dueAt =
        asked === resolvedFor && resolveFailures === 0 ? resolvedAt + defaults.resolveInterval : resolveNotBefore
      if (resolving || nodes.length === 0) return Number.POSITIVE_INFINITY
      if (now < dueAt) return dueAt
      track(resolveAll(routing, nodes, asked))
      return Number.POSITIVE_INFINITY
    },
    doubtServers: () => {
      resolvedAt = Number.NEGATIVE_INFINITY
    },
  }
}

/** They are known once the cloud could be asked about each node: the one it could not be asked about may hold a unit. */
function serversOf(matches: ReadonlyMap<string, ServerMatch>): ServerIndex {
  const doubt = [...matches.values()].find(({ kind }) => kind === 'unknown')
  return doubt?.kind === 'unknown' ? indexServers(matches, false, notKnown(doubt.message)) : indexServers(matches, true)
}

function notKnown(why: string): string {
  return `It is not known which node is which server: ${why}`
}

/** What makes a machine another one. */
function factsOf({ name, providerID, addresses }: NodeFacts): string {
  return JSON.stringify([name, providerID, addresses])
}

/** Milliseconds for which the provider does not want to be asked. */
function wishedPause(observations: readonly Observation[]): number {
  return observations.reduce((longest, each) => {
    const seconds = each.kind === 'unknown' ? (each.error.retryAfterSeconds ?? 0) : 0
    return Math.max(longest, seconds * 1000)
  }, 0)
}

/** One observation per unit, in order, whatever the provider does. */
async function observeAll(
  routing: Routing,
  units: readonly string[],
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const unknown = (unit: string, error: ProviderError): Observation => ({ kind: 'unknown', unit, error })
  try {
    const answers = new Map<string | undefined, Observation>()
    // A provider of somebody else's may give what its type forbids: then that unit alone was left out.
    for (const answer of await routing.observe(units, { signal })) answers.set(answer?.unit, answer)
    const missing = new ProviderError('Transient', 'The provider left the unit out of its answer.', {
      outcome: 'not-applied',
    })
    return units.map((unit) => answers.get(unit) ?? unknown(unit, missing))
  } catch (error) {
    if (signal.aborted) return []
    const typed = isProviderError(error)
      ? error
      : new ProviderError('Transient', 'The provider could not be read.', { outcome: 'not-applied', cause: error })
    return units.map((unit) => unknown(unit, typed))
  }
}
