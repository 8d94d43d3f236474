import type { WorkQueue } from './work-queue.ts'

/** What a worker wants for its key: to see it again after some milliseconds, or nothing. */
export type WorkResult = { readonly againAfter: number } | undefined

export interface WorkersOptions {
  readonly queue: WorkQueue
  /** How many keys are worked on at once. */
  readonly concurrency: number
  readonly signal: AbortSignal
  /** Deals with one key. If it rejects, the key comes again after the queue's growing delay. */
  readonly work: (key: string, signal: AbortSignal) => Promise<WorkResult>
  readonly onError: (key: string, error: unknown) => void
}

/**
 * Works on the queue until the signal is aborted, then closes the queue and resolves when the work at hand has ended.
 * Never rejects.
 */
export async function runWorkers(options: WorkersOptions): Promise<void> {
  const { queue, signal, concurrency } = options
  const close = (): void => queue.close()
  if (signal.aborted) close()
  signal.addEventListener('abort', close, { once: true })
  await Promise.all(Array.from({ length: concurrency }, () => runWorker(options)))
}

async function runWorker(options: WorkersOptions): Promise<void> {
  const { queue } = options
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    await workOn(options, key)
    queue.done(key)
  }
}

async function workOn({ queue, signal, work, onError }: WorkersOptions, key: string): Promise<void> {
  try {
    const result = await work(key, signal)
    queue.forget(key)
    if (result !== undefined) queue.addAfter(key, result.againAfter)
  } catch (error) {
    if (!signal.aborted) onError(key, error)
    queue.retry(key)
  }
}
