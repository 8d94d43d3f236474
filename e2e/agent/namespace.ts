import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type CommandOptions, run } from '../harness/command.ts'

/** A network namespace without a name: it ends with the test run, however that ends. */
export interface Namespace extends AsyncDisposable {
  /** Of the process that holds it, for `ip link set DEVICE netns PID`. */
  readonly pid: number
  /** A command that runs inside. */
  inside(...command: readonly string[]): [string, ...string[]]
  /** Runs `ip` inside, its arguments as one text. */
  ip(argv: string): Promise<string>
  /** Runs a program inside and resolves with its standard output. */
  run(command: readonly string[], options?: CommandOptions): Promise<string>
}

/** Needs root. The holder waits for the end of its standard input, which comes when this process is gone. */
export async function createNamespace(): Promise<Namespace> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => {
      throw new Error('no network namespace could be made')
    }),
  ])
  const { pid } = holder
  if (pid === undefined) throw new Error('no network namespace could be made')
  const inside = (...command: readonly string[]): [string, ...string[]] => [
    'nsenter',
    `--net=/proc/${pid}/ns/net`,
    ...command,
  ]
  const namespace: Namespace = {
    pid,
    inside,
    ip: (argv) => run(inside('ip', ...argv.split(' '))),
    run: (command, options) => run(inside(...command), options),
    [Symbol.asyncDispose]: async () => {
      holder.stdin.end()
      if (holder.exitCode === null) await once(holder, 'exit')
    },
  }
  await namespace.ip('link set lo up')
  return namespace
}
