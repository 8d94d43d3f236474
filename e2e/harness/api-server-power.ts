/** Power over a cluster's API server. Each resolves when it has taken effect, `startApiServer` when it is ready. */
export interface ApiServerPower {
  /** Freezes it (SIGSTOP): connections stay open and say nothing more. */
  pauseApiServer(options?: PowerOptions): Promise<void>
  resumeApiServer(options?: PowerOptions): Promise<void>
  /** Kills it (SIGKILL), as a crash does: its port refuses connections. */
  stopApiServer(options?: PowerOptions): Promise<void>
  startApiServer(options?: PowerOptions): Promise<void>
}

export interface PowerOptions {
  readonly signal?: AbortSignal | undefined
}
