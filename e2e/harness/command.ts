import { spawn } from 'node:child_process'

/** A command that could not be started, ended with another code than 0, or ran past its deadline. */
export class CommandError extends Error {
  readonly code = 'CommandFailed'
  /** `null` when a signal ended it, or it never ran. */
  readonly exitCode: number | null
  /** Its last lines, at most 4 KiB. */
  readonly stderr: string

  constructor(command: readonly string[], exitCode: number | null, stderr: string, cause?: unknown) {
    const ending = exitCode === null ? 'did not end by itself' : `ended with ${exitCode}`
    super(`${command.join(' ')} ${ending}: ${stderr.trim() || String(cause)}`, { cause })
    this.name = 'CommandError'
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until the command is killed. Default 30 s. */
  readonly deadline?: number
  /** Fed to its standard input, which is closed after it. */
  readonly input?: string
  /** Shows its standard error as it comes, besides keeping its last lines. */
  readonly showProgress?: boolean
}

const outputLimit = 8 << 20
const tailLimit = 4096

/** Runs a program and resolves with its standard output. Rejects with a `CommandError`, or the signal's reason. */
export async function run(command: readonly [string, ...string[]], options: CommandOptions = {}): Promise<string> {
  const { signal, deadline = 30_000, input, showProgress = false } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(deadline)
  const [program, ...argv] = command
  const child = spawn(program, argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (stdout.length > outputLimit) child.kill('SIGKILL')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-tailLimit)
    if (showProgress) process.stderr.write(text)
  })
  child.stdin.on('error', () => undefined) // a program may end without reading all of its input
  child.stdin.end(input)
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(signal?.aborted === true ? signal.reason : new CommandError(command, null, stderr, cause))
    })
    child.once('close', (exitCode) => {
      if (exitCode === 0) resolve(stdout)
      else reject(new CommandError(command, exitCode, stderr))
    })
  })
}
