/** A replica ended by itself. */
export class ReplicaEndedError extends Error {
  override readonly name = 'ReplicaEndedError'
  readonly code = 'REPLICA_ENDED'
  readonly logFile: string

  constructor(replica: string, how: string, logFile: string) {
    super(`${replica} ended by itself (${how}).`)
    this.logFile = logFile
  }
}
