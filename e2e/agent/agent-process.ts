import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import { nodeName } from './cluster-in-node.ts'
import type { Namespace } from './namespace.ts'

/** The agent's main program inside a node's namespace. */
export interface AgentProcess extends AsyncDisposable {
  readonly pid: number | undefined
  /** Its lines so far. */
  readonly log: readonly string[]
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Resolves with its exit code, `null` for a signal that ended it. */
  end(name: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

export function startAgent(node: Namespace, kubeconfig: string, flags: readonly string[] = []): AgentProcess {
  const program = [process.execPath, inject('agentProgram'), `--node-name=${nodeName}`, `--kubeconfig=${kubeconfig}`]
  const [nsenter, ...argv] = node.inside(...program, ...flags)
  const child = spawn(nsenter, argv, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } })
  const log: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => log.push(line))
  const ended = once(child, 'close') // after its last line
  const end: AgentProcess['end'] = async (name) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name)
    await ended
    return child.exitCode
  }
  return {
    pid: child.pid,
    log,
    signal: (name) => void child.kill(name),
    end,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGCONT')
      await end('SIGKILL')
    },
  }
}
