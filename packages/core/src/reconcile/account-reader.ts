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
  const matches = new Map<string, ServerMatch>()
  const inFlight = new Set<{ readonly requestedAt: number; readonly units: ReadonlySet<string> }>()
  let servers = indexServers(matches, false)
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
      readNotBefore = failed ? clock.monotonic() + Math.min(backOff(readFailures, random), defaults.driftInterval) : 0
    } finally {
      inFlight.delete(flight)
      onNews()
    }
  }

  const resolveAll = async (routing: Routing, nodes: readonly NodeFacts[], asked: string): Promise<void> => {
    resolving = true
    try {
      const answers = await routing.resolve(nodes, { signal })
      const names = new Set(nodes.map(({ name }) => name))
      for (const name of matches.keys()) if (!names.has(name)) matches.delete(name)
      for (const match of answers) {
        // What is not known now does not undo what was known of the same machines.
        if (match.kind === 'unknown' && matches.has(match.node) && resolvedFor === asked) continue
        matches.set(match.node, match)
      }
      servers = indexServers(new Map(matches), true)
      resolvedFor = asked
      resolvedAt = clock.monotonic()
      const unknown = answers.some(({ kind }) => kind === 'unknown')
      resolveFailures = unknown ? resolveFailures + 1 : 0
    } catch {
      resolveFailures += 1
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
      const due = isDriftRead
        ? units
        : [...new Set(wishes.filter((wish) => !covered(wish)).map(({ unit }) => unit))]
      for (const unit of readings.keys()) if (!units.includes(unit)) readings.delete(unit)
      if (due.length === 0) return driftReadAt + defaults.driftInterval
      if (now < readNotBefore) return readNotBefore
      if (inFlight.size >= concurrentReads) return now + defaults.settleInterval
      if (isDriftRead) driftReadAt = now
      track(observe(routing, due))
      return driftReadAt + defaults.driftInterval
    },
    resolve: (routing, nodes) => {
      const now = clock.monotonic()
      const asked = JSON.stringify(nodes.map(({ name, providerID, addresses }) => [name, providerID, addresses]))
      const dueAt = asked === resolvedFor && resolveFailures === 0 ? resolvedAt + defaults.resolveInterval : resolveNotBefore
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

/** One observation per unit, in order, whatever the provider does. */
async function observeAll(
  routing: Routing,
  units: readonly string[],
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const unknown = (unit: string, error: ProviderError): Observation => ({ kind: 'unknown', unit, error })
  try {
    const answers = new Map((await routing.observe(units, { signal })).map((answer) => [answer.unit, answer]))
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
