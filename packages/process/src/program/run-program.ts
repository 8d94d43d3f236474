import { errorText } from '../logging/error-text.ts'
import { StartError } from '../start-error.ts'
import type { ProcessPort } from './process-port.ts'

/** What a program was asked to do. */
export type Task<Options> =
  | { readonly kind: 'run'; readonly options: Options }
  /** Printed, and that is all. */
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string }

export interface ProgramPorts {
  readonly process: ProcessPort
  /** Takes what a command prints. */
  readonly output: { write(text: string): void }
  /** Takes the sentence of a process that does not start. */
  readonly errorOutput: { write(text: string): void }
}

/**
 * Runs a task until it ends or SIGTERM or SIGINT ends it; the second of them ends the process at once. Resolves with the
 * exit code: 0, 1 when it could not start or had to give up, 2 for a wrong flag or variable.
 */
export async function runProgram<Options>(
  task: Task<Options>,
  run: (options: Options, signal: AbortSignal) => Promise<void>,
  { process, output, errorOutput }: ProgramPorts,
): Promise<number> {
  if (task.kind === 'problem') {
    errorOutput.write(`${task.message}\n`)
    return 2
  }
  if (task.kind === 'answer') {
    output.write(task.text)
    return 0
  }
  const stop = new AbortController()
  const forget = process.onStop((name) => {
    // The second time somebody means it.
    if (stop.signal.aborted) process.exit(1)
    stop.abort(new Error(`${name} was received`))
  })
  try {
    await run(task.options, stop.signal)
    return 0
  } catch (error) {
    // A `StartError` says all; its cause would say it again.
    errorOutput.write(`${error instanceof StartError ? error.message : errorText(error)}\n`)
    return 1
  } finally {
    forget()
  }
}
