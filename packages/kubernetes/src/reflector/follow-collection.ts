import type { Clock } from '@failover-ip/provider'
import { ApiError, isGone } from '../client/api-error.ts'
import { callApi } from '../client/call.ts'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { pagePath, parsePage, type Selection } from '../client/list-objects.ts'
import { collectionPath, withQuery, type ResourceType } from '../client/resource-type.ts'
import { createRetryDelay, type RetryDelay } from '../time/retry-delay.ts'
import type { KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { listSnapshot } from './list-snapshot.ts'
import type { ReflectorHealth } from './reflector-health.ts'
import { compareResourceVersions } from './resource-version.ts'
import type { WatchEvent } from './watch-event.ts'
import { openWatch, SilentWatchError } from './watch-stream.ts'

export interface FollowOptions {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly random: () => number
  readonly resource: ResourceType
  readonly selection: Selection
  readonly pageSize: number | undefined
  readonly readDeadline: number
  readonly health: ReflectorHealth
  readonly sink: CollectionSink
}

/** Takes what is read of a collection. Must not throw. */
export interface CollectionSink {
  /** A list begins, or begins again. */
  listing(): void
  listed(object: KubernetesObject): void
  /** The objects since `listing` are the whole collection. */
  complete(): void
  changed(object: KubernetesObject): void
  deleted(object: KubernetesObject): void
}

/** What the next request depends on. */
interface Progress {
  /** Where the next watch continues; undefined: list first. */
  position: string | undefined
  /** The last connection failed or fell silent: use another, and ask whether the server went back in time. */
  suspicious: boolean
  readonly delay: RetryDelay
}

const listDeadline = 30_000
const headDeadline = 10_000
/** As client-go: the delay doubles from 0.8 s to 30 s. */
const retry = { initial: 800, limit: 30_000 }
/** A watch that lived this long was a success: the next delay is short again. */
const healthyAfter = 10_000
/** A server that ends watches faster than this would otherwise be asked in a tight loop. */
const shortestWatch = 1000
const maximumRetryAfterSeconds = 60

/** Lists a collection, then watches it from the list's version, until the signal is aborted. Never rejects. */
export async function followCollection(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { clock, random } = options
  const progress: Progress = {
    position: undefined,
    suspicious: false,
    delay: createRetryDelay({ ...retry, random }),
  }
  while (!signal.aborted) {
    try {
      await followOnce(options, progress, signal)
      progress.suspicious = false
    } catch (error) {
      progress.suspicious = true
      const wait = signal.aborted ? 0 : afterFailure(options, progress, error)
      await clock.sleep(wait, { signal }).catch(() => undefined)
    }
  }
}

async function followOnce(options: FollowOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const { position, suspicious } = progress
  if (position !== undefined && suspicious && (await wentBack(options, position, signal))) {
    progress.position = undefined
  }
  progress.position ??= await list(options, progress, signal)
  await watch(options, progress, progress.position, signal)
}

/**
 * Gives the milliseconds to wait before the next try. After anything but silence it begins with a list: the server may
 * have come back with restored data whose versions look like a continuation of ours.
 */
function afterFailure({ health }: FollowOptions, progress: Progress, error: unknown): number {
  if (error instanceof SilentWatchError) return 0
  progress.position = undefined
  const wait = progress.delay.next()
  if (isGone(error) || error instanceof WentBackError || error instanceof ShortWatchError) return wait
  health.failed(error)
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0
  return Math.max(wait, Math.min(asked, maximumRetryAfterSeconds) * 1000)
}

function read(
  { transport, clock }: FollowOptions,
  { path, signal, freshConnection }: { path: string; signal: AbortSignal; freshConnection: boolean },
): Promise<unknown> {
  const call = { method: 'GET', path, signal, deadline: listDeadline, attempts: 1, freshConnection } as const
  return callApi({ transport, clock }, call)
}

async function list(options: FollowOptions, progress: Progress, signal: AbortSignal): Promise<string> {
  const { clock, resource, selection, pageSize, health, sink } = options
  const startedAt = clock.monotonic()
  const version = await listSnapshot({
    resource,
    selection,
    pageSize,
    read: (path) => read(options, { path, signal, freshConnection: progress.suspicious }),
    onRestart: () => sink.listing(),
    onObject: (object) => sink.listed(object),
    onMalformed: (problem) => health.malformed(problem),
  })
  health.listed(startedAt)
  sink.complete()
  return version
}

/** After a restore of the server's data a watch from our version would stay silent until it is reached again. */
async function wentBack(options: FollowOptions, from: string, signal: AbortSignal): Promise<boolean> {
  const path = pagePath(options.resource, options.selection, { limit: 1, continueToken: undefined })
  const { resourceVersion } = parsePage(await read(options, { path, signal, freshConnection: true }))
  const order = compareResourceVersions(resourceVersion, from)
  return order === undefined ? resourceVersion !== from : order < 0
}

async function watch(options: FollowOptions, progress: Progress, from: string, signal: AbortSignal): Promise<void> {
  const { transport, clock, health, readDeadline } = options
  const openedAt = clock.monotonic()
  let events = 0
  const stream = openWatch({
    transport,
    clock,
    path: watchPath(options, from),
    signal,
    headDeadline,
    readDeadline,
    freshConnection: progress.suspicious,
    onOpen: () => health.watching(),
  })
  try {
    for await (const event of stream) {
      events++
      health.heard()
      apply(options, progress, event, from)
    }
  } finally {
    if (clock.monotonic() - openedAt >= healthyAfter) progress.delay.reset()
  }
  const rest = openedAt + shortestWatch - clock.monotonic()
  if (rest > 0 && events === 0) throw new ShortWatchError('the server ended the watch at once')
  // What was heard counts, and the next watch goes on from there.
  if (rest > 0) await clock.sleep(rest, { signal })
}

function watchPath({ resource, selection, random }: FollowOptions, from: string): string {
  const { namespace, labelSelector, fieldSelector } = selection
  return withQuery(collectionPath(resource, namespace), {
    watch: 1,
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: Math.floor(300 + random() * 300),
    labelSelector,
    fieldSelector,
  })
}

function apply({ health, sink }: FollowOptions, progress: Progress, event: WatchEvent, from: string): void {
  switch (event.type) {
    case 'malformed':
      return health.malformed(event.problem)
    case 'error':
      throw event.error
    case 'bookmark':
      return advance(progress, event.resourceVersion, from)
    case 'deleted':
      advance(progress, event.object.metadata.resourceVersion, from)
      return sink.deleted(event.object)
    case 'changed':
      advance(progress, event.object.metadata.resourceVersion, from)
      return sink.changed(event.object)
  }
}

/** Nothing is wrong with what was listed; asking again at once would be a tight loop. */
class ShortWatchError extends Error {}

/** The server's version is below the one that it was asked to continue from. */
class WentBackError extends Error {}

function advance(progress: Progress, version: string, from: string): void {
  const below = compareResourceVersions(version, from)
  if (below !== undefined && below < 0) throw new WentBackError(`version ${version} after ${from}`)
  const ahead = compareResourceVersions(version, progress.position ?? from)
  if (ahead === undefined || ahead > 0) progress.position = version
}
