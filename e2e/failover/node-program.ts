import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { clusterFolder } from '../harness/programs.ts'

/** A program of ours that runs inside a node, as a pod with all of the node's namespaces would, and ends with it. */
export interface NodeProgram {
  readonly node: string
  readonly running: boolean
  /** Resolves when the kernel has it; of KILL, when the program is gone. */
  signal(signal: 'KILL' | 'STOP' | 'CONT' | 'TERM'): Promise<void>
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
}

export interface NodeProgramOptions {
  readonly node: string
  /** That Node.js runs. */
  readonly file: string
  readonly flags: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Appended to. */
  readonly logFile: string
}

/** Resolves when the program is started. */
export async function startInNode(options: NodeProgramOptions): Promise<NodeProgram> {
  const { node, file, flags, environment = {}, logFile } = options
  await mkdir(dirname(logFile), { recursive: true })
  const log = await open(logFile, 'a')
  const child = spawn(`${clusterFolder}cluster.sh`, ['exec', node, process.execPath, file, ...flags], {
    detached: true, // a process group of its own
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: process.env['PATH'], HOME: '/root', ...environment },
  })
  const ended = once(child, 'exit').then(() => undefined)
  await once(child, 'spawn')
  await log.close()
  return {
    node,
    ended,
    get running() {
      return child.exitCode === null && child.signalCode === null
    },
    signal: async (signal) => {
      // The whole group, for what waits for a program that is stopped stops itself.
      if (child.pid !== undefined) process.kill(-child.pid, `SIG${signal}`)
      if (signal === 'KILL') await ended
    },
  }
}
