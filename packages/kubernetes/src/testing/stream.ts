/** A body that a test writes by hand. */
export interface Stream {
  readonly body: AsyncIterable<Uint8Array>
  /** The reader has left, or the stream is over. */
  readonly closed: boolean
  write(text: string): void
  end(): void
  fail(error: Error): void
}

/** Ends with the signal's reason when the signal is aborted, unless `deaf`: then it stays silent for ever. */
export function createStream(signal: AbortSignal, deaf = false): Stream {
  const chunks: Uint8Array[] = []
  let over: { readonly error?: Error } | undefined
  let wake: () => void = () => undefined
  let left = false
  const finish = (result: { readonly error?: Error }): void => {
    over ??= result
    wake()
  }
  if (!deaf) signal.addEventListener('abort', () => finish({ error: signal.reason as Error }), { once: true })

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = chunks.shift()
        if (chunk !== undefined) yield chunk
        else if (over === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else if (over.error === undefined) return
        else throw over.error
      }
    } finally {
      left = true
    }
  }

  return {
    body: read(),
    get closed() {
      return left || over !== undefined
    },
    write: (text) => {
      chunks.push(new TextEncoder().encode(text))
      wake()
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
  }
}
