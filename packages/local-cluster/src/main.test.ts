import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, it, vi } from 'vitest'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  /** Resolves with the output once it matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

function run(...flags: readonly string[]): Run {
  const child = spawn(process.execPath, ['--conditions=@failover-ip/source', program, ...flags], { stdio: 'pipe' })
  children.push(child)
  let output = ''
  const heard = (text: unknown): void => void (output += String(text))
  child.stdout.on('data', heard)
  child.stderr.on('data', heard)
  return {
    child,
    output: () => output,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output)
          if (match !== null) resolve(match)
        }
        child.stdout.on('data', look)
        child.once('exit', () => reject(new Error(`it ended without saying ${String(pattern)}:\n${output}`)))
        look()
      }),
  }
}

const hasProcessTable = process.platform === 'linux'

async function folderOf(demo: Run): Promise<string> {
  const [, folder = ''] = await demo.says(/export KUBECONFIG=(\S+)\/kubeconfig\n/u)
  return folder
}

/** Processes that work for the cluster with this kubeconfig; there is one of these per replica. */
function replicasOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--kubeconfig=${folder}/`)
      } catch {
        return false
      }
    })
}

describe('the program of npm start', () => {
  it('refuses what it does not know, and helps', async () => {
    const wrong = run('--scripted')
    const [code] = await once(wrong.child, 'close')
    expect([code, wrong.output()]).toEqual([2, 'The option --scripted is not known; did you mean --script?\n'])
    const help = run('--help')
    await once(help.child, 'close')
    expect(help.child.exitCode).toBe(0)
    expect(help.output()).toContain('--nodes N')
  })

  it.each([
    // At once, while the replicas start; and while they work.
    ['SIGINT', 130, /export KUBECONFIG=/u],
    ['SIGTERM', 143, /event +Normal/u],
  ] as const)('ends all that it started on %s', { timeout: 60_000 }, async (name, code, moment) => {
    const demo = run('--script')
    const folder = await folderOf(demo)
    await demo.says(moment)
    if (hasProcessTable) expect(replicasOf(folder)).toHaveLength(2)
    demo.child.kill(name)
    const [exitCode] = await once(demo.child, 'close')
    expect(exitCode).toBe(code)
    expect(existsSync(folder)).toBe(false)
    if (hasProcessTable) expect(replicasOf(folder)).toEqual([])
  })

  it.runIf(hasProcessTable)('fails with the reason when a replica ends by itself', { timeout: 60_000 }, async () => {
    const demo = run('--script')
    const folder = await folderOf(demo)
    const [replica = ''] = replicasOf(folder)
    process.kill(Number(replica), 'SIGKILL')
    const [exitCode] = await once(demo.child, 'close')
    expect(exitCode).toBe(1)
    expect(demo.output()).toMatch(/Failed: replica-\d ended by itself \(SIGKILL\)\./u)
    expect(demo.output()).toContain('End of the log of replica-2')
    expect([existsSync(folder), replicasOf(folder)]).toEqual([false, []])
  })

  it.runIf(hasProcessTable)('takes its replicas along even when it is killed', { timeout: 60_000 }, async () => {
    const demo = run('--script')
    const folder = await folderOf(demo)
    expect(replicasOf(folder)).toHaveLength(2)
    demo.child.kill('SIGKILL')
    // They notice once they have started.
    await vi.waitFor(() => expect(replicasOf(folder)).toEqual([]), { timeout: 30_000, interval: 100 })
    // Nobody is left to remove it.
    rmSync(folder, { recursive: true })
  })
})
