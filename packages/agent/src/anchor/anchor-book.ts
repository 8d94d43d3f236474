import type { Clock } from '@failover-ip/provider'
import type { Anchors } from '../target/resolve-target.ts'
import type { AskMetadata } from './ask-metadata.ts'

/** What the cloud's metadata tells this node alone: the addresses that packets are delivered to. */
export interface AnchorBook {
  /** From now on these URLs are asked, and no others. */
  ask(urls: readonly string[]): void
  /** The answers so far. An answer holds until there is another one, also while nobody answers. */
  known(): Anchors
  /** Runs until the signal ends it, and rejects with its reason. `changed` is called for each new answer. Once. */
  run(options: { readonly signal: AbortSignal; readonly changed: () => void }): Promise<never>
}

export interface AnchorBookOptions {
  readonly clock: Clock
  readonly askMetadata: AskMetadata
  /** No answer, or none that could be an address; it is tried again. */
  readonly onError?: (error: unknown) => void
}

/** A cloud has one such URL for each family; more are a mistake of somebody's. */
const urlLimit = 16
/** Milliseconds until an answer is asked for again. An anchor lasts as long as its server; a restored image has another. */
const validity = 600_000
const firstRetry = 1000
const lastRetry = 60_000

export function createAnchorBook({ clock, askMetadata, onError = () => undefined }: AnchorBookOptions): AnchorBook {
  const answers = new Map<string, string>()
  let urls: readonly string[] = []
  let news = Promise.withResolvers<void>()
  const asked = new Map<string, AbortController>()

  const follow = async (url: string, changed: () => void, signal: AbortSignal): Promise<never> => {
    for (let retry = firstRetry; ;) {
      try {
        const address = await askMetadata(url, { signal })
        signal.throwIfAborted()
        const isNew = answers.get(url) !== address
        answers.set(url, address)
        retry = firstRetry
        if (isNew) changed()
        await clock.sleep(validity, { signal })
      } catch (error) {
        signal.throwIfAborted()
        onError(error)
        await clock.sleep(retry, { signal })
        retry = Math.min(retry * 2, lastRetry)
      }
    }
  }

  return {
    ask: (wanted) => {
      urls = [...new Set(wanted)].slice(0, urlLimit)
      news.resolve()
    },
    known: () => answers,
    run: async ({ signal, changed }) => {
      const ended = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => ended.reject(signal.reason), { once: true })
      if (signal.aborted) ended.reject(signal.reason)
      for (;;) {
        news = Promise.withResolvers()
        for (const [url, stop] of asked) {
          if (urls.includes(url)) continue
          stop.abort()
          asked.delete(url)
          answers.delete(url)
        }
        for (const url of urls.filter((one) => !asked.has(one))) {
          const stop = new AbortController()
          asked.set(url, stop)
          follow(url, changed, AbortSignal.any([signal, stop.signal])).catch(() => undefined)
        }
        await Promise.race([news.promise, ended.promise])
      }
    },
  }
}
