import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface CommandResult {
  readonly ok: boolean
  readonly stdout: string
  /** Both streams, standard output first; in place of them, why the program did not start or end. */
  readonly output: string
}

export interface CommandOptions {
  readonly cwd: string
  /** Milliseconds until the program is killed. */
  readonly timeout: number
  /** Beside the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a program to its end without input; a failure is a result, not an exception. */
export async function runCommand(
  [program = '', ...args]: readonly string[],
  { cwd, timeout, environment = {} }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd,
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', ...environment },
  })
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code ?? '?'}`)))
  })
  const [stdout, stderr, failure] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  const said = `${stdout}${stderr}`.trimEnd()
  return { ok: failure === undefined, stdout, output: said === '' ? (failure ?? '') : said }
}
