import type { Clock } from '@failover-ip/provider'

/** The same answer, whose body comes byte by byte. As with `fetch`, an aborted signal breaks the body. */
export function trickle(
  response: Response,
  { secondsPerByte }: { readonly secondsPerByte: number },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Response {
  const { status, headers } = response
  const ended = new AbortController()
  const sleepSignal = AbortSignal.any([signal, ended.signal])
  const bytes = response.arrayBuffer()
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await clock.sleep(secondsPerByte * 1000, { signal: sleepSignal })
      const byte = new Uint8Array(await bytes).subarray(sent, sent + 1)
      sent += 1
      if (byte.length === 0) controller.close()
      else controller.enqueue(byte)
    },
    cancel: () => ended.abort(),
  })
  return new Response(body, { status, headers })
}
