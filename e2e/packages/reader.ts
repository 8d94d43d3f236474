import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { until } from '../harness/until.ts'
import { missingLine } from './page-blocks.ts'
import type { PageBlock } from './page-blocks.ts'

/** Somebody who does what a page says, in an empty folder outside of every workspace. */
export interface Reader extends AsyncDisposable {
  /** Writes the file, or runs the command and looks whether it prints what the page says. */
  follow(block: PageBlock): Promise<void>
}

/** Milliseconds for one command; installing is the slowest. */
const deadline = 180_000

export interface ReaderOptions {
  readonly kubeconfig: string
  /** Where packages of the scope come from. Default: where npm looks. */
  readonly registry?: string
  /** What lies in the folder from the start: absolute paths, by name. */
  readonly has?: Readonly<Record<string, string>>
  /** Programs of the reader's own, which come before the machine's: scripts for sh, by name. */
  readonly programs?: Readonly<Record<string, string>>
  /** Variables that the reader has set. */
  readonly environment?: Readonly<Record<string, string>>
}

export async function createReader(options: ReaderOptions): Promise<Reader> {
  const { registry, has = {}, programs = {}, environment = {} } = options
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-reader-'))
  const programFolder = await mkdtemp(join(tmpdir(), 'failover-ip-reader-programs-'))
  if (registry !== undefined) await writeFile(join(folder, '.npmrc'), `@failover-ip:registry=${registry}\n`)
  for (const [name, target] of Object.entries(has)) await symlink(target, join(folder, name))
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(programFolder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const started: ChildProcess[] = []
  const env = {
    ...process.env,
    ...environment,
    PATH: [programFolder, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    KUBECONFIG: options.kubeconfig,
    NO_COLOR: '1',
    // What `npm run` sets, and what would send a nested npm into the clone.
    npm_config_local_prefix: folder,
    INIT_CWD: folder,
  }

  /** In a process group of its own, which ends as a whole. */
  const start = (command: string): { readonly child: ChildProcess; readonly output: () => string } => {
    let output = ''
    const child = spawn('bash', ['-c', command], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    started.push(child)
    return { child, output: () => output }
  }

  const runCommand = async (command: string, printed: readonly string[]): Promise<void> => {
    const { child, output } = start(command)
    await once(child, 'close', { signal: AbortSignal.timeout(deadline) })
    if (child.exitCode !== 0) throw new Error(`${command} ended with ${child.exitCode}:\n${output()}`)
    const missing = missingLine(printed, output())
    if (missing !== undefined) throw new Error(`${command} does not print "${missing}" but:\n${output()}`)
  }

  const runBeside = async (command: string, printed: readonly string[]): Promise<void> => {
    const { child, output } = start(`exec ${command}`)
    const look = (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n${output()}`)
      const missing = missingLine(printed, output())
      if (missing !== undefined) throw new Error(`"${missing}" is not in:\n${output()}`)
      return Promise.resolve(true)
    }
    await until(`${command} to print what the page says`, look, { deadline: 60_000, interval: 50 })
  }

  return {
    follow: async (block) => {
      if (block.kind === 'file') {
        const path = join(folder, block.path)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, block.text)
      } else if (block.command.endsWith(' &')) {
        await runBeside(block.command.slice(0, -2), block.printed)
      } else {
        await runCommand(block.command, block.printed)
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of started) await endGroup(child)
      for (const each of [folder, programFolder]) await rm(each, { recursive: true, force: true })
    },
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(10_000) })
  process.kill(-child.pid, 'SIGKILL')
  await ended
}
