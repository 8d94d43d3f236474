export type Environment = Readonly<Record<string, string | undefined>>

/** The process around a program. */
export interface ProcessPort {
  readonly argv: readonly string[]
  readonly environment: Environment
  /** Calls the handler at each SIGTERM and SIGINT. Returns the way to stop it. */
  onStop(handler: (name: string) => void): () => void
  /** Sets the code with which the process ends once nothing is left to do. */
  setExitCode(code: number): void
  /** Ends the process at once. */
  exit(code: number): void
}

/** This very process. */
export function processPort(): ProcessPort {
  const signals = ['SIGTERM', 'SIGINT'] as const
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    onStop: (handler) => {
      for (const name of signals) process.on(name, handler)
      return () => {
        for (const name of signals) process.off(name, handler)
      }
    },
    setExitCode: (code) => {
      process.exitCode = code
    },
    exit: (code) => process.exit(code),
  }
}
