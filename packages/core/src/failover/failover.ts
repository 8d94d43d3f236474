import { ConfigurationError, parseOptions, type Clock } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import type { Engine, EngineOptions } from '../reconcile/engine-options.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import { cloudTime } from '../routing/cloud-time.ts'
import { configurationProblems } from './configuration-problems.ts'
import { createEventBuffer } from './event-buffer.ts'
import type { FailoverOptions } from './failover-options.ts'
import { optionsSchema, runSchema } from './options-schema.ts'
import type { ProbePathEvent } from './tell-probe-paths.ts'
import { runEngine, type EngineRun } from './run-engine.ts'
import { createTroubleTeller, type Trouble } from './trouble.ts'

/** More happened than was read, and the oldest events were dropped. Nothing was left undone because of it. */
export interface EventsDropped {
  /** Unix milliseconds. */
  readonly at: number
  readonly type: 'Warning'
  readonly reason: 'EventsDropped'
  readonly dropped: number
  readonly summary: string
}

/** What a run tells of, typed by `reason`. */
export type LibraryEvent = FailoverEvent | ProbePathEvent | Trouble | EventsDropped

export interface Failover {
  /**
   * Keeps the addresses on healthy nodes and says what happens. Begins with the first read of the events; ends when the
   * signal is aborted or the reader leaves the loop, once changes under way are recorded. Whoever reads slowly holds
   * nothing up. The iteration rejects when the store cannot be read, and with `FailoverRunningError` while another run is
   * under way; never because of a provider or a node. A store that cannot be written later is told as `Trouble`, and tried
   * again: until it is written, nothing is changed at the provider. Throws `ConfigurationError` without a signal.
   */
  run(options: { readonly signal: AbortSignal }): AsyncIterable<LibraryEvent>
}

/** Two runs would both move the addresses: the one before has to end first. */
export class FailoverRunningError extends Error {
  override readonly name: string = 'FailoverRunningError'
  readonly code = 'AlreadyRunning' as const

  constructor() {
    super('This failover runs already: leave the loop over its events or abort its signal before running it again.')
  }
}

/** Sent as User-Agent. */
const userAgent = 'failover-ip'
/** Events that wait for a reader. */
const bufferLimit = 1000

/** `createFailover` on an engine of the caller's choice. */
export function failoverOn(makeEngine: (options: EngineOptions) => Engine, given: FailoverOptions): Failover {
  const checked = parseOptions(optionsSchema, given, 'createFailover')
  const { account, clock } = openAccount(checked)
  const options = { ...checked, ports: { ...checked.ports, clock } }
  let running = false
  const events = async function* (signal: AbortSignal): AsyncGenerator<LibraryEvent, void, undefined> {
    if (running) throw new FailoverRunningError()
    running = true
    try {
      yield* eventsOf(clock, (report, scope) => runEngine({ makeEngine, options, account, ...report, signal: scope }), {
        signal,
      })
    } finally {
      running = false
    }
  }
  return { run: (runOptions) => events(parseOptions(runSchema, runOptions, 'run').signal) }
}

/** Opens the provider, once all that was given is known to be right, with the clock for all that is recorded of it. */
function openAccount(options: FailoverOptions): { readonly account: Account; readonly clock: Clock } {
  const { provider, ports } = options
  const fetch = ports.fetch ?? provider.fetch
  const problems = configurationProblems(options)
  if (fetch === undefined || problems.length > 0) {
    const missing = `ports.fetch is missing, and provider "${provider.name}" brings none: pass the platform's fetch`
    throw new ConfigurationError('createFailover', fetch === undefined ? [...problems, missing] : problems)
  }
  const time = cloudTime(ports.clock, fetch)
  const account = {
    key: provider.name,
    provider: provider.name,
    capabilities: provider.capabilities,
    routing: provider.open({ ...time, userAgent }),
    recentOperations: [],
  }
  return { account, clock: time.clock }
}

type Work = (report: Pick<EngineRun, 'onEvent' | 'onTrouble'>, signal: AbortSignal) => Promise<void>

/** The events of a piece of work, which is stopped and waited for when the reader leaves. */
async function* eventsOf(
  clock: Clock,
  work: Work,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<LibraryEvent, void, undefined> {
  if (signal.aborted) return
  const events = createEventBuffer<Exclude<LibraryEvent, EventsDropped>>(bufferLimit)
  const left = new AbortController()
  const scope = AbortSignal.any([signal, left.signal])
  const onEvent = (event: FailoverEvent | ProbePathEvent): void => events.push(event)
  const onTrouble = createTroubleTeller(clock, (trouble) => events.push(trouble))
  const ended = work({ onEvent, onTrouble }, scope).then(
    () => events.end(),
    (error: unknown) => events.end(error === scope.reason ? undefined : error),
  )
  try {
    for (let taken = await events.take(); taken !== undefined; taken = await events.take()) {
      yield 'value' in taken ? taken.value : eventsDropped(taken.dropped, clock.now())
    }
  } finally {
    left.abort()
    await ended
  }
}

function eventsDropped(dropped: number, at: number): EventsDropped {
  const summary = `${dropped} events were dropped because nobody read them; the addresses were looked after all the same`
  return { at, type: 'Warning', reason: 'EventsDropped', dropped, summary }
}
