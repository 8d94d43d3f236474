import type { Clock } from '@failover-ip/provider'

/** An asynchronous call did not end within its deadline. Whether it had an effect is not known. */
export class DeadlineExceededError extends Error {
  override readonly name: string = 'DeadlineExceededError'
  readonly code = 'DeadlineExceeded' as const
  readonly milliseconds: number

  constructor(what: string, milliseconds: number) {
    super(`${what} did not end within ${milliseconds} ms`)
    this.milliseconds = milliseconds
  }
}

export interface Deadline {
  readonly clock: Clock
  readonly milliseconds: number
  readonly signal: AbortSignal
  /** What is waited for, for the error's sentence. */
  readonly what: string
}

/** A reason of its own spares the making of an error with its stack, call by call. */
const endedBefore = 'the call has ended before'

/**
 * Runs a call with a deadline. Rejects with `DeadlineExceededError` at the deadline and with the signal's reason when
 * it is aborted, at once in both cases, even if the call does not heed the signal that it was given.
 */
export async function withDeadline<T>(deadline: Deadline, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, milliseconds, signal, what } = deadline
  signal.throwIfAborted()
  const scope = new AbortController()
  const timer = new AbortController()
  const forward = (): void => scope.abort(signal.reason)
  signal.addEventListener('abort', forward, { once: true })
  clock.sleep(milliseconds, { signal: timer.signal }).then(
    () => scope.abort(new DeadlineExceededError(what, milliseconds)),
    () => undefined,
  )
  try {
    return await untilAborted(scope.signal, call(scope.signal))
  } finally {
    signal.removeEventListener('abort', forward)
    timer.abort(endedBefore)
  }
}

/** Settles as the promise does, or rejects with the signal's reason as soon as the signal is aborted. */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  if (signal.aborted) promise.catch(() => undefined)
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
