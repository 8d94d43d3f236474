import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './until.ts'

/**
 * Starts a program on its own, known by the file `NAME.pid` in the folder, with its output in `NAME.log`: any process of
 * the test run may signal or end it later.
 */
export async function startProgram(
  folder: string,
  name: string,
  command: readonly [string, ...string[]],
): Promise<void> {
  const log = await open(join(folder, `${name}.log`), 'a')
  try {
    const [program, ...argv] = command
    const child = spawn(program, argv, { detached: true, stdio: ['ignore', log.fd, log.fd] })
    await once(child, 'spawn')
    await writeFile(pidFile(folder, name), String(child.pid))
    child.unref()
  } finally {
    await log.close()
  }
}

export async function signalProgram(folder: string, name: string, signal: NodeJS.Signals): Promise<void> {
  process.kill(Number(await readFile(pidFile(folder, name), 'utf8')), signal)
}

export async function programRuns(folder: string, name: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(pidFile(folder, name), 'utf8')), 0)
    return true
  } catch {
    return false
  }
}

/** Kills the program and resolves when it is gone; does nothing when it does not run. */
export async function endProgram(folder: string, name: string): Promise<void> {
  const ended = async () => {
    await signalProgram(folder, name, 'SIGKILL').catch(() => undefined)
    return !(await programRuns(folder, name))
  }
  await until(`${name} to end`, ended, { deadline: 10_000, interval: 20 })
  await rm(pidFile(folder, name), { force: true })
}

/** The end of what it printed. */
export async function readLogTail(folder: string, name: string): Promise<string> {
  const log = await readFile(join(folder, `${name}.log`), 'utf8').catch(() => '')
  return log.slice(-2048).trim()
}

const pidFile = (folder: string, name: string) => join(folder, `${name}.pid`)
