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
  /** Starts the reads that are wanted or due of units, each with its place. Returns the local monotonic moment to ask again. */
  read(routing: Routing, units: UnitPlaces, wishes: readonly ReadWish[]): number
  resolve(routing: Routing, nodes: readonly NodeFacts[]): number
  /** The matches may be out of date. */
  doubtServers(): void
  /** The account has other credentials or parameters: what failed is tried at once, and what was said of it holds no more. */
  renew(): void
  /** Slots have become free: they are counted anew, once for all that become free within a while. */
  recountSlots(): void
}

/** By unit: the location that it is recorded in; empty where none is. */
export type UnitPlaces = ReadonlyMap<string, string>

const concurrentReads = 4
/** Units that failed last are read apart from the others, and place by place: what hangs there delays nothing else. */
const concurrentRetries = 2

export function createAccountReader(options: AccountReaderOptions): AccountReader {
  const { clock, random, signal, onNews, track } = options
  const readings = new Map<string, UnitReading>()
  /** Each with the facts that it was found for. */
  const matches = new Map<string, { readonly match: ServerMatch; readonly facts: string }>()
  const inFlight = new Set<Flight>()
  /** By place: how often in a row units there could not be read, and when those are read again. */
  const troubles = new Map<string, { readonly times: number; readonly until: number }>()
  let places: UnitPlaces = new Map()
  let servers = indexServers(new Map(), false)
  let driftReadAt = Number.NEGATIVE_INFINITY
  let readNotBefore = 0
  let resolving = false
  let resolveFailures = 0
  let resolvePause = 0
  let resolveNotBefore = 0
  let resolvedAt = Number.NEGATIVE_INFINITY
  let resolvedFor = ''
  let recountAt = Number.POSITIVE_INFINITY
  let renewals = 0

  const isFailing = (unit: string): boolean => readings.get(unit)?.observation.kind === 'unknown'
  const placeOf = (unit: string): string => places.get(unit) ?? ''

  const heed = (observations: readonly Observation[]): void => {
    const now = clock.monotonic()
    for (const [place, ours] of Map.groupBy(observations, ({ unit }) => placeOf(unit))) {
      const errors = ours.flatMap((each) => (each.kind === 'unknown' ? [each.error] : []))
      if (errors.length > 0) {
        const times = (troubles.get(place)?.times ?? 0) + 1
        const until = now + Math.max(Math.min(backOff(times, random), defaults.driftInterval), wishedPause(errors))
        troubles.set(place, { times, until })
        // Whatever else is wrong is so of a unit or a place; a limit is the account's.
        if (errors.some(({ code }) => code === 'RateLimited')) readNotBefore = Math.max(readNotBefore, until)
      } else if (![...readings.keys()].some((unit) => placeOf(unit) === place && isFailing(unit))) {
        troubles.delete(place)
      }
    }
  }

  const observe = async (routing: Routing, units: readonly string[], isRetry: boolean): Promise<void> => {
    const requestedAt = clock.monotonic()
    const flight = { requestedAt, units: new Set(units), isRetry }
    inFlight.add(flight)
    try {
      const observations = await observeAll(routing, units, signal)
      for (const observation of observations) {
        readings.set(observation.unit, recordReading(readings.get(observation.unit), observation, requestedAt))
      }
      heed(observations)
    } finally {
      inFlight.delete(flight)
      onNews()
    }
  }

  /** Reads the units that failed last, as far as it is time. Returns when to ask again. */
  const retry = (routing: Routing, units: readonly string[]): number => {
    const now = clock.monotonic()
    let again = Number.POSITIVE_INFINITY
    const idle = units.filter((unit) => ![...inFlight].some((flight) => flight.units.has(unit)))
    for (const [place, ours] of Map.groupBy(idle, placeOf)) {
      const until = troubles.get(place)?.until ?? 0
      const isFull = [...inFlight].filter(({ isRetry }) => isRetry).length >= concurrentRetries
      if (now < until) again = Math.min(again, until)
      else if (isFull) again = Math.min(again, now + defaults.settleInterval)
      else track(observe(routing, ours, true))
    }
    return again
  }

  const resolveAll = async (routing: Routing, nodes: readonly NodeFacts[], asked: string): Promise<void> => {
    resolving = true
    const asOf = renewals
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
      resolvePause = 0
    } catch (error) {
      resolveFailures += 1
      resolvePause = isProviderError(error) ? wishedPause([error]) : 0
      const why = isProviderError(error) ? error.message : 'The provider could not be asked.'
      if (!servers.known && asOf === renewals) servers = indexServers(servers.matches, false, notKnown(why))
    } finally {
      const wait = Math.max(backOff(resolveFailures, random), resolvePause)
      resolveNotBefore = resolveFailures === 0 ? 0 : clock.monotonic() + wait
      resolving = false
      // What a routing keeps of matches, like an interface that a node names, a newer one does not have.
      if (asOf !== renewals) resolveAnew()
      onNews()
    }
  }

  const resolveAnew = (): void => {
    resolvedAt = Number.NEGATIVE_INFINITY
    resolveNotBefore = 0
    resolveFailures = 0
  }

  return {
    readings,
    get servers() {
      return servers
    },
    read: (routing, units, wishes) => {
      places = units
      for (const unit of readings.keys()) if (!units.has(unit)) readings.delete(unit)
      const now = clock.monotonic()
      const isDriftRead = now >= driftReadAt + defaults.driftInterval
      const starts = wishes.map((wish) => ({ unit: wish.unit, at: startOf(wish, inFlight) }))
      const due = isDriftRead
        ? [...units.keys()]
        : [...new Set(starts.filter(({ at }) => now >= at).map(({ unit }) => unit))]
      if (due.length > 0 && now < readNotBefore) return readNotBefore
      const failing = due.filter(isFailing)
      const others = due.filter((unit) => !isFailing(unit))
      const isFull = [...inFlight].filter(({ isRetry }) => !isRetry).length >= concurrentReads
      if (others.length > 0 && isFull) return now + defaults.settleInterval
      if (isDriftRead) driftReadAt = now
      if (others.length > 0) track(observe(routing, others, false))
      const later = starts.map(({ at }) => at).filter((at) => at > now)
      return Math.min(driftReadAt + defaults.driftInterval, retry(routing, failing), ...later)
    },
    resolve: (routing, nodes) => {
      const now = clock.monotonic()
      const asked = nodes.map(factsOf).join('\n')
      const oldAt = Math.min(resolvedAt + defaults.resolveInterval, recountAt)
      const dueAt = asked === resolvedFor && resolveFailures === 0 ? oldAt : resolveNotBefore
      if (resolving || nodes.length === 0) return Number.POSITIVE_INFINITY
      if (now < dueAt) return dueAt
      recountAt = Number.POSITIVE_INFINITY
      track(resolveAll(routing, nodes, asked))
      return Number.POSITIVE_INFINITY
    },
    doubtServers: () => {
      resolvedAt = Number.NEGATIVE_INFINITY
    },
    renew: () => {
      renewals += 1
      resolveAnew()
      if (!servers.known) servers = indexServers(servers.matches, false)
      driftReadAt = Number.NEGATIVE_INFINITY
      troubles.clear()
    },
    recountSlots: () => {
      recountAt = Math.min(recountAt, Math.max(clock.monotonic(), resolvedAt + defaults.recountInterval))
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
function wishedPause(errors: readonly ProviderError[]): number {
  return Math.max(0, ...errors.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds * 1000))
}

interface Flight {
  readonly requestedAt: number
  readonly units: ReadonlySet<string>
  readonly isRetry: boolean
}

/** When a read is to be begun for the wish: at once unless one is under way that will serve it; a second one if that hangs. */
function startOf({ unit, notBefore, urgent }: ReadWish, inFlight: ReadonlySet<Flight>): number {
  const [first, ...others] = [...inFlight].filter((each) => each.units.has(unit) && each.requestedAt >= notBefore)
  if (first === undefined) return Number.NEGATIVE_INFINITY
  return urgent === true && others.length === 0 ? first.requestedAt + defaults.secondRead : Number.POSITIVE_INFINITY
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
