import type { ApiContext } from '../api-context.ts'
import { expired, invalid } from '../api-error.ts'
import { flag, wholeNumber } from '../api-request.ts'
import type { ApiRequest } from '../api-request.ts'
import { forbiddenField } from '../field-error.ts'
import type { Reply, WatchEvent } from '../reply.ts'
import type { RequestTarget } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import { parseSelection } from '../selectors/selection.ts'
import type { StoreEvent } from '../store/object-store.ts'
import { createEventQueue } from './event-queue.ts'
import type { EventQueue } from './event-queue.ts'
import { shown } from './stored-object.ts'

/** Events that one watch may lag behind before it is ended. */
const queueLimit = 10_000
/** The last bookmark comes this long before the time-out, so that the next watch can start from it. */
const lastBookmarkMilliseconds = 2_000

/**
 * Without a resourceVersion (or with 0) it starts with an ADDED for everything there is. With one that the history no
 * longer reaches, it is one ERROR event with a Status of 410.
 */
export function watch(context: ApiContext, target: RequestTarget, { query, signal }: ApiRequest): Reply {
  const { store } = context
  const shelf = storageKey(target.definition)
  const asked = wholeNumber(query, 'resourceVersion') ?? 0
  const select = eventSelector(target, query)
  const fromStart = startsWithAll(query, asked)
  const timeoutSeconds = wholeNumber(query, 'timeoutSeconds') ?? context.watchTimeoutSeconds
  const bookmarks = flag(query, 'allowWatchBookmarks')

  const ended = new AbortController()
  const abort = (): void => queue.fail(signal.reason)
  const queue: EventQueue<WatchEvent> = createEventQueue(queueLimit, () => {
    unsubscribe()
    ended.abort()
    signal.removeEventListener('abort', abort)
  })
  const deliver = (event: StoreEvent): void => {
    const selected = event.shelf === shelf ? select(event) : undefined
    if (selected !== undefined) queue.push(selected)
  }
  const unsubscribe = store.subscribe(deliver)
  signal.addEventListener('abort', abort, { once: true })

  if (fromStart) {
    for (const { key, object } of store.list(shelf)) {
      deliver({ type: 'ADDED', shelf, key, object, resourceVersion: Number(object.metadata.resourceVersion) })
    }
    const resourceVersion = String(store.resourceVersion)
    if (bookmarks) queue.push({ type: 'BOOKMARK', resourceVersion, initialEventsEnd: true })
  } else if (asked > 0) {
    const missed = store.eventsSince(shelf, asked)
    if (missed === 'expired') {
      const { status } = expired(`too old resource version: ${asked} (${store.resourceVersion})`)
      queue.push({ type: 'ERROR', status })
      queue.end()
    } else missed.filter(({ resourceVersion }) => resourceVersion > asked).forEach(deliver)
  }
  if (signal.aborted) abort()
  void keepTime(context, queue, timeoutSeconds * 1000, bookmarks, ended.signal)
  return { type: 'watch', events: queue }
}

/** @throws ApiError 422 when `sendInitialEvents` comes without the match that it needs. */
function startsWithAll(query: URLSearchParams, asked: number): boolean {
  const sendInitialEvents = query.get('sendInitialEvents')
  if (sendInitialEvents === null) return asked === 0
  if (query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const options = { group: 'meta.k8s.io', plural: 'listoptions', kind: 'ListOptions' }
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
    throw invalid(options, '', [forbiddenField('resourceVersionMatch', why)])
  }
  return flag(query, 'sendInitialEvents')
}

/** Translates changes of the store into what a watch with these selectors sees. */
function eventSelector(target: RequestTarget, query: URLSearchParams): (event: StoreEvent) => WatchEvent | undefined {
  const { definition } = target
  const { matches } = parseSelection(target, query)
  return ({ type, object, previous }) => {
    const now = shown(definition, object)
    const was = previous !== undefined && matches(shown(definition, previous))
    if (type === 'DELETED') return was ? { type, object: now } : undefined
    if (matches(now)) return { type: was ? 'MODIFIED' : 'ADDED', object: now }
    if (!was || previous === undefined) return undefined
    // It left the selection: its last selected state, at the version of the change.
    const { resourceVersion } = now.metadata
    const last = shown(definition, previous)
    return { type: 'DELETED', object: { ...last, metadata: { ...last.metadata, resourceVersion } } }
  }
}

/** Sends bookmarks and ends the watch in time. */
async function keepTime(
  { clock, store, bookmarkIntervalMilliseconds }: ApiContext,
  queue: EventQueue<WatchEvent>,
  timeoutMilliseconds: number,
  bookmarks: boolean,
  signal: AbortSignal,
): Promise<void> {
  const end = clock.monotonic() + timeoutMilliseconds
  const lastBookmark = end - lastBookmarkMilliseconds
  let bookmark = bookmarks ? Math.min(clock.monotonic() + bookmarkIntervalMilliseconds, lastBookmark) : Infinity
  try {
    while (clock.monotonic() < end) {
      await clock.sleep(Math.max(0, Math.min(bookmark, end) - clock.monotonic()), { signal })
      if (clock.monotonic() < bookmark) continue
      queue.push({ type: 'BOOKMARK', resourceVersion: String(store.resourceVersion) })
      bookmark = bookmark >= lastBookmark ? Infinity : Math.min(bookmark + bookmarkIntervalMilliseconds, lastBookmark)
    }
    queue.end()
  } catch {
    // Aborted: the watch ended before its time.
  }
}
