import type { KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

/** Freezes what goes through it, as SIGSTOP does a process: time and the world go on, and nothing is seen or sent. */
export interface PauseGate {
  pause(): void
  resume(): void
  clock(clock: Clock): Clock
  transport<Transport extends KubernetesTransport>(transport: Transport): Transport
  /** Wraps any call: neither sent nor answered while paused. */
  call<Parameters extends readonly unknown[], Result>(
    call: (...parameters: Parameters) => Promise<Result>,
  ): (...parameters: Parameters) => Promise<Result>
}

export function createPauseGate(): PauseGate {
  let paused: PromiseWithResolvers<void> | undefined
  const pass = async (): Promise<void> => {
    while (paused !== undefined) await paused.promise
  }
  async function* bodyOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      await pass()
      yield chunk
    }
  }
  const call: PauseGate['call'] =
    (inner) =>
    async (...parameters) => {
      await pass()
      try {
        return await inner(...parameters)
      } finally {
        await pass()
      }
    }
  return {
    pause: () => {
      paused ??= Promise.withResolvers()
    },
    resume: () => {
      paused?.resolve()
      paused = undefined
    },
    call,
    clock: (clock) => ({
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: call((milliseconds, options) => clock.sleep(milliseconds, options)),
    }),
    transport: (transport) => ({
      ...transport,
      request: call(async (request) => {
        const response = await transport.request(request)
        return { ...response, body: bodyOf(response.body) }
      }),
    }),
  }
}
