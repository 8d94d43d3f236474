import { spawn } from 'node:child_process'
import { CommandError } from './command-error.ts'

export type Command = readonly [program: string, ...argv: string[]]

export interface RunOptions {
  readonly signal: AbortSignal
  /** Fed to its standard input, which is closed after it. */
  readonly input?: string
}

/** Runs a program and resolves with its standard output. Rejects with a `CommandError`, or the signal's reason. */
export type RunCommand = (command: Command, options: RunOptions) => Promise<string>

/** The longest that an `ip` or `nft` may take: the kernel answers in milliseconds, but the node may be short of CPU. */
const deadlineMilliseconds = 5000
/** A node with 10,000 interfaces says 6 MB. */
const outputLimit = 16 << 20
const stderrLimit = 4096

/** A child process, never a shell: what is in an argument stays an argument. */
export const runCommand: RunCommand = async (command, { signal, input }) => {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(deadlineMilliseconds)
  const [program, ...argv] = command
  const child = spawn(program, argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, deadline]),
    killSignal: 'SIGKILL',
  })
  const chunks: Buffer[] = []
  let size = 0
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > outputLimit) child.kill('SIGKILL')
    else chunks.push(chunk)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit)
  })
  child.stdin.on('error', () => undefined) // a program may end without having read all
  child.stdin.end(input)
  return await new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      if (signal.aborted) reject(signal.reason)
      else if (deadline.aborted) reject(new CommandError('CommandTimedOut', command, stderr.trim(), cause))
      else if (size > outputLimit) reject(new CommandError('OutputTooLarge', command, stderr.trim(), cause))
      else if (child.pid === undefined) reject(new CommandError('CommandMissing', command, '', cause))
      else reject(new CommandError('CommandFailed', command, stderr.trim(), cause))
    }
    child.once('error', fail)
    child.once('close', (exitCode) => {
      if (exitCode === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else fail()
    })
  })
}
