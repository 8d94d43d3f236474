import type { KubernetesRequest, KubernetesTransport } from '@failover-ip/kubernetes'
import { z } from 'zod'

/** An answer with its body read: JSON, or text where it is none. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: unknown
}

export interface CallOptions {
  readonly contentType?: string
  readonly accept?: string
}

/** An open watch. Each step has a deadline, so that a missing event fails its test. */
export interface ContractWatch extends AsyncDisposable {
  readonly status: number
  /** The next event; undefined when the stream ended. */
  next(): Promise<WatchedEvent | undefined>
}

export interface WatchedEvent {
  readonly type: string
  readonly object: unknown
}

/** What the suite calls the API with: thin on purpose, it is the suite that knows what must come back. */
export interface ContractClient {
  call(method: KubernetesRequest['method'], path: string, body?: unknown, options?: CallOptions): Promise<Answer>
  watch(path: string, options?: CallOptions): Promise<ContractWatch>
}

const stepMilliseconds = 15_000
const watchedEvent = z.object({ type: z.string(), object: z.unknown() })

export function createContractClient(transport: () => KubernetesTransport): ContractClient {
  return {
    call: async (method, path, body, { contentType = 'application/json', accept = 'application/json' } = {}) => {
      const response = await transport().request({
        method,
        path,
        headers: { accept, ...(body === undefined ? {} : { 'content-type': contentType }) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(stepMilliseconds),
      })
      const answered = parse(await readText(response.body))
      return { status: response.status, headers: response.headers, body: answered }
    },
    watch: async (path, { accept = 'application/json' } = {}) => {
      const stop = new AbortController()
      const response = await transport().request({ method: 'GET', path, headers: { accept }, signal: stop.signal })
      const lines = readLines(response.body)
      return {
        status: response.status,
        next: async () => {
          const line = await withDeadline(lines.next(), stop)
          return line.done === true ? undefined : watchedEvent.parse(JSON.parse(line.value))
        },
        [Symbol.asyncDispose]: async () => {
          await lines.return(undefined)
          stop.abort(new Error('the watch is closed'))
        },
      }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return Buffer.concat(read).toString()
}

async function withDeadline<Value>(step: Promise<Value>, stop: AbortController): Promise<Value> {
  const timer = setTimeout(() => stop.abort(new Error(`no event within ${stepMilliseconds} ms`)), stepMilliseconds)
  try {
    return await step
  } finally {
    clearTimeout(timer)
  }
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
