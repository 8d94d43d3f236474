/** The port for probes cannot be opened: `cause` is the system's error. */
export class ProbeSocketError extends Error {
  override readonly name: string = 'ProbeSocketError'
  readonly code = 'ProbePortUnavailable' as const

  constructor(hosts: readonly string[], port: number, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : 'no address could be bound'
    super(`UDP port ${port} cannot be opened on ${hosts.join(' and ')}: ${detail}. Free it, or choose another.`, {
      cause,
    })
  }
}
