const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be served by this user',
}

/** An emulator cannot be served at the port that was asked for. The message is one sentence; choose another port. */
export class PortError extends Error {
  override readonly name: string = 'PortError'
  readonly code = 'PortUnavailable' as const
}

export function portErrorOf(port: number, error: unknown): unknown {
  const reason = error instanceof Error && 'code' in error ? reasons[String(error.code)] : undefined
  return reason === undefined ? error : new PortError(`Port ${port} ${reason}.`, { cause: error })
}
