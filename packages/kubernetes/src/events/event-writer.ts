import { untilAborted } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import { isApiError } from '../client/api-error.ts'
import type { KubernetesClient } from '../client/kubernetes-client.ts'
import type { ObjectDraft } from '../client/kubernetes-object.ts'
import { apiVersionOf, eventResource, type ResourceType } from '../client/resource-type.ts'
import { runWorkers, type WorkResult } from '../work-queue/run-workers.ts'
import { createWorkQueue } from '../work-queue/work-queue.ts'
import { createBoundedMap } from './bounded-map.ts'
import { createEventBudget } from './event-budget.ts'

/** Something that happened to an object, for `kubectl describe` and `kubectl get events`. Text alone. */
export interface EventRecord {
  readonly regarding: {
    readonly type: ResourceType
    readonly name: string
    readonly namespace?: string
    readonly uid: string
  }
  readonly type: 'Normal' | 'Warning'
  /** CamelCase, e.g. `Moved`. */
  readonly reason: string
  /** What the operator did or tried, CamelCase, e.g. `Move`. */
  readonly action: string
  /** One sentence; cut at 1024 bytes. */
  readonly note: string
}

/** Writes Events without ever getting in the way: never throws, never waits, and drops what is too much. */
export interface EventWriter {
  /** Equal events within ten minutes are one, with a count. */
  emit(event: EventRecord): void
  /** Events that were not written: too many, or refused by the API server. */
  readonly dropped: number
  /** Resolves once no event waits to be written for the first time; rejects with the signal's reason. */
  flush(options: { readonly signal: AbortSignal }): Promise<void>
  /** Writes until the signal is aborted. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>
}

export interface EventWriterOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  /** Uniform in [0, 1); makes names unique. */
  readonly random: () => number
  /** E.g. `failover-ip.dev/scaleway`. */
  readonly controller: string
  /** This process, e.g. the pod's name. */
  readonly instance: string
}

interface Series {
  readonly event: EventRecord
  readonly name: string
  readonly firstSeen: number
  lastSeen: number
  count: number
  /** How many of the count the API server knows; 0: it does not exist there. */
  written: number
  /** Monotonic. */
  touchedAt: number
  writtenAt: number
}

const maximumSeries = 1000
/** Bytes, as the API server counts them. */
const maximumNoteLength = 1024
/** An event that comes again later than this is a new one. */
const seriesLife = 600_000
/** The count of a series is written at most this often. */
const seriesInterval = 60_000

export function createEventWriter(options: EventWriterOptions): EventWriter {
  const { client, clock, random } = options
  const queue = createWorkQueue({ clock, capacity: maximumSeries })
  const series = createBoundedMap<Series>(maximumSeries)
  const budget = createEventBudget(clock)
  /** Keys of events that were not written yet. */
  const waiting = new Set<string>()
  let flushed = Promise.withResolvers<void>()
  let dropped = 0

  const settle = (key: string): void => {
    waiting.delete(key)
    if (waiting.size > 0) return
    flushed.resolve()
    flushed = Promise.withResolvers()
  }

  const start = (event: EventRecord): Series => {
    const now = clock.now()
    const suffix = Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
    const about = event.regarding.name.slice(0, 220).replace(/[^a-z0-9]+$/, '')
    const name = `${about}.${now.toString(16)}${suffix}`
    const times = { touchedAt: clock.monotonic(), writtenAt: Number.NEGATIVE_INFINITY }
    return { event, name, firstSeen: now, lastSeen: now, count: 0, written: 0, ...times }
  }
  const note = (event: EventRecord): void => {
    const key = keyOf(event)
    const known = series.get(key)
    const goesOn = known !== undefined && clock.monotonic() - known.touchedAt < seriesLife
    if (!goesOn && !budget.take(event.regarding.uid)) {
      dropped++
      return
    }
    const current = goesOn ? known : start(event)
    current.count++
    current.lastSeen = clock.now()
    current.touchedAt = clock.monotonic()
    const forgotten = series.set(key, current)
    if (forgotten?.written === 0) {
      dropped++
      settle(keyOf(forgotten.event))
    }
    // The second time is told at once: it makes a series of the event.
    const wait = current.written === 1 ? 0 : current.writtenAt + seriesInterval - clock.monotonic()
    if (!queue.addAfter(key, Math.max(0, wait))) dropped++
    else if (current.written === 0) waiting.add(key)
  }
  const write = async (key: string, signal: AbortSignal): Promise<WorkResult> => {
    const current = series.get(key)
    if (current === undefined || current.written === current.count) return undefined
    const { count } = current
    try {
      if (current.written === 0) await create(current, signal)
      else await writeCount(current, signal)
      current.written = count
      current.writtenAt = clock.monotonic()
    } catch {
      series.delete(key)
      dropped++
    }
    settle(key)
    return undefined
  }
  const create = async (current: Series, signal: AbortSignal): Promise<void> => {
    await client.create(eventResource, draftOf(current, options), { signal }).catch((error: unknown) => {
      // The echo of a first try whose answer was lost.
      if (!isApiError(error, 'AlreadyExists')) throw error
    })
  }
  const writeCount = async ({ event, name, count, lastSeen }: Series, signal: AbortSignal): Promise<void> => {
    const body = { series: { count, lastObservedTime: microTime(lastSeen) } }
    await client.patch(eventResource, { namespace: namespaceOf(event), name }, { type: 'merge', body }, { signal })
  }

  return {
    emit: (event) => {
      try {
        note(event)
      } catch {
        dropped++
      }
    },
    get dropped() {
      return dropped
    },
    flush: ({ signal }) => (waiting.size === 0 ? Promise.resolve() : untilAborted(signal, flushed.promise)),
    run: (signal) => runWorkers({ queue, concurrency: 2, signal, work: write, onError: () => dropped++ }),
  }
}

function draftOf(series: Series, { controller, instance }: EventWriterOptions): ObjectDraft {
  const { event, name, count, firstSeen, lastSeen } = series
  const { type, ...regarding } = event.regarding
  return {
    metadata: { name, namespace: namespaceOf(event) },
    eventTime: microTime(firstSeen),
    reportingController: controller,
    reportingInstance: instance.slice(0, 128),
    regarding: { ...regarding, apiVersion: apiVersionOf(type), kind: type.kind },
    type: event.type,
    reason: event.reason,
    action: event.action,
    note: cutToBytes(event.note, maximumNoteLength),
    ...(count > 1 ? { series: { count, lastObservedTime: microTime(lastSeen) } } : {}),
  }
}

/** Events about cluster-wide objects live in `default`, as kubectl expects. */
function namespaceOf({ regarding }: EventRecord): string {
  return regarding.namespace ?? 'default'
}

function keyOf({ regarding, type, reason, action, note }: EventRecord): string {
  return JSON.stringify([regarding.uid, type, reason, action, note])
}

function cutToBytes(text: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most))
  return text.slice(0, read)
}

function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}
