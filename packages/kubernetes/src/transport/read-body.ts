import type { KubernetesResponse } from './kubernetes-transport.ts'
import { TransportError } from './transport-error.ts'

/** Reads a whole body as text. Rejects with `TransportError` `RESPONSE_TOO_LARGE` above the limit. */
export async function readBody(response: KubernetesResponse, maximumBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  const parts: string[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > maximumBytes) {
      throw new TransportError(`The API server's answer is longer than ${maximumBytes} bytes.`, {
        code: 'RESPONSE_TOO_LARGE',
        outcome: 'unknown',
      })
    }
    parts.push(decoder.decode(chunk, { stream: true }))
  }
  parts.push(decoder.decode())
  return parts.join('')
}

/** Text as JSON, or the text itself when it is none (a gateway's error page). */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
