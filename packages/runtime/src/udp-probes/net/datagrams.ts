/** An IP address in canonical form, and a port. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** `unreachable`: the network says that nobody is there. `unsent`: this machine could not even try. */
export type SendFailure = 'unreachable' | 'unsent'

/** Where packets come from and go to. Real sockets, or a network in virtual time. */
export interface Datagrams {
  /** Never throws; tells of a failure as soon as it is known. */
  send(packet: Uint8Array, to: Endpoint, onFailure: (failure: SendFailure) => void): void
  /** Resolves when packets that have arrived before were handed over. */
  drained(): Promise<void>
  /** Nothing is handed over afterwards. May be called again. */
  close(): Promise<void>
}

export type OnPacket = (packet: Uint8Array, from: Endpoint) => void
