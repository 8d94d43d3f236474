import { createConnection } from 'node:net'

export interface TcpAddress {
  readonly host: string
  readonly port: number
}

/**
 * What became of one attempt. `connected`: a handshake. `refused`: a reset came back. `unreachable`: the network says
 * that nobody is there. `unsent`: this machine could not even try (no sockets left, forbidden), which says nothing about
 * the other.
 */
export type ConnectOutcome = 'connected' | 'refused' | 'unreachable' | 'unsent'

/**
 * Opens a TCP connection and closes it. Once the signal is aborted it rejects with the signal's reason, unless the answer
 * is there already; otherwise it never rejects.
 */
export type Connect = (address: TcpAddress, options: { readonly signal: AbortSignal }) => Promise<ConnectOutcome>

const refusals = new Set(['ECONNREFUSED', 'ECONNRESET'])
const absences = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ETIMEDOUT'])

/** Over this machine's own network. */
export const connectTcp: Connect = ({ host, port }, { signal }) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const socket = createConnection({ host, port })
    // A process that was held up finds its timers due before it has looked at its sockets: it looks once more.
    const abort = (): void => {
      setImmediate(() => {
        socket.destroy()
        reject(signal.reason)
      })
    }
    const settle = (outcome: ConnectOutcome): void => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve(outcome)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('connect', () => settle('connected'))
    socket.on('error', (error: NodeJS.ErrnoException) => settle(outcomeOf(error.code)))
  })

function outcomeOf(code = ''): ConnectOutcome {
  if (refusals.has(code)) return 'refused'
  return absences.has(code) ? 'unreachable' : 'unsent'
}
