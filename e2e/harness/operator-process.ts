import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from './free-ports.ts'
import { secondsSince } from './measurements.ts'
import { until } from './until.ts'

const programOf = (provider: string): string =>
  fileURLToPath(new URL(`../../packages/operator-${provider}/src/main.ts`, import.meta.url))

/** One replica of the operator, a process of its own. */
export interface OperatorProcess {
  readonly name: string
  /** Everything that it printed. */
  log(): Promise<string>
  /** Status of `/readyz`. Rejects when nobody listens. */
  readyz(): Promise<number>
  whenReady(): Promise<void>
  metrics(): Promise<string>
  /** What `leader_election_master_status` says. */
  leads(): Promise<boolean>
  /** SIGSTOP. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<OperatorEnd>
  readonly running: boolean
}

export interface OperatorEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly seconds: number
}

export interface OperatorProcessOptions {
  readonly name: string
  readonly kubeconfig: string
  readonly namespace: string
  /** Guarded (see `guard.ts`): the process ends with the test run. */
  readonly folder: string
  readonly logFolder: string
  /** Whose operator it is. Default: `scaleway`. */
  readonly provider?: string
  readonly flags?: readonly string[]
}

const callDeadline = 2_000
const stopDeadline = 20_000

/** Starts an operator from its source and resolves when the process exists; `whenReady` waits for more. */
export async function startOperator(options: OperatorProcessOptions): Promise<OperatorProcess> {
  const { name, kubeconfig, namespace, folder, logFolder, provider = 'scaleway', flags = [] } = options
  const [port = 0] = await freePorts(1)
  const bind = `127.0.0.1:${port}`
  await mkdir(logFolder, { recursive: true })
  const logFile = join(logFolder, `${name}.log`)
  const log = await open(logFile, 'w')
  const child = spawn(
    process.execPath,
    [
      '--conditions=@failover-ip/source',
      programOf(provider),
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${namespace}`,
      `--metrics-bind-address=${bind}`,
      `--health-probe-bind-address=${bind}`,
      '--log-level=debug',
      ...flags,
    ],
    { stdio: ['ignore', log.fd, log.fd], env: { PATH: process.env['PATH'], HOME: folder, HOSTNAME: name } },
  )
  await once(child, 'spawn')
  await log.close()
  await writeFile(join(folder, `${name}.pid`), String(child.pid))

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<OperatorEnd> => {
    const start = performance.now()
    if (isRunning()) {
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(stopDeadline) })
      child.kill(signal)
      await ended
    }
    return { code: child.exitCode, seconds: secondsSince(start) }
  }
  const ask = async (path: string): Promise<Response> =>
    await fetch(`http://${bind}${path}`, { signal: AbortSignal.timeout(callDeadline) })
  const metrics = async (): Promise<string> => await (await ask('/metrics')).text()
  const readyz = async (): Promise<number> => (await ask('/readyz')).status
  const readLog = async (): Promise<string> => await readFile(logFile, 'utf8')
  return {
    name,
    log: readLog,
    readyz,
    metrics,
    whenReady: async () => {
      const look = async (): Promise<boolean> => !isRunning() || (await readyz()) === 200
      await until(`${name} to be ready`, look, { interval: 50 })
      if (!isRunning()) throw new Error(`${name} ended at its start with ${child.exitCode}: ${await readLog()}`)
    },
    leads: async () => /^leader_election_master_status\{[^}]*\} 1$/mu.test(await metrics()),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: async () => void (await end('SIGKILL')),
    stop: async () => await end('SIGTERM'),
    get running() {
      return isRunning()
    },
  }
}
