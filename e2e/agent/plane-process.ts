import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { AddressReport, Wanted, WantedAddress } from '@failover-ip/agent'
import { inject } from 'vitest'
import { z } from 'zod'
import { until } from '../harness/until.ts'
import type { Namespace } from './namespace.ts'

/** Which of the wishes it is about, from 1. */
type NumberedReport = Omit<AddressReport, 'wanted'> & { readonly turn: number }

/** `plane.ts` inside a node's namespace. */
export interface PlaneProcess extends AsyncDisposable {
  readonly reports: readonly NumberedReport[]
  want(carry: readonly WantedAddress[]): void
  /** Resolves with the first report about the last wish that tells no problem. */
  settled(): Promise<NumberedReport>
  /** SIGKILL, as a crash. */
  kill(): Promise<void>
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<void>
}

export function startPlane(node: Namespace, { crashAfter }: { readonly crashAfter?: number } = {}): PlaneProcess {
  const [nsenter, ...argv] = node.inside(process.execPath, inject('planeProgram'))
  const child = spawn(nsenter, argv, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(crashAfter === undefined ? {} : { CRASH_AFTER: String(crashAfter) }) },
  })
  child.stdin.on('error', () => undefined) // it may have crashed
  const reports: NumberedReport[] = []
  let turn = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    reports.push(z.custom<NumberedReport>().parse(JSON.parse(line)))
  })
  const ended = once(child, 'exit').then(() => undefined)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return {
    reports,
    ended,
    want: (carry) => {
      turn += 1
      child.stdin.write(`${JSON.stringify({ carry, leave: [] } satisfies Wanted)}\n`)
    },
    settled: async () => {
      const isSettled = (report: NumberedReport): boolean => report.turn === turn && report.problems.length === 0
      return await until('the plane to settle', async () => reports.find(isSettled), { interval: 10 })
    },
    kill,
    [Symbol.asyncDispose]: kill,
  }
}
