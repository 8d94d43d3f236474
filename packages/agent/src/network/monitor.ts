import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { CommandError } from '../commands/command-error.ts'
import type { Command } from '../commands/run-command.ts'

/**
 * Hands over each line that a program says, and an empty one when it has been started or complains, as `ip monitor` does
 * when it has missed something. Rejects when it ends, with the signal's reason if that ended it.
 */
export async function monitor(command: Command, line: (text: string) => void, signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  const [program, ...argv] = command
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
  let last = ''
  child.once('spawn', () => line(''))
  createInterface({ input: child.stdout }).on('line', line)
  createInterface({ input: child.stderr }).on('line', (text) => {
    last = text.slice(0, 1024)
    line('')
  })
  return await new Promise<never>((_, reject) => {
    child.once('error', (cause) => {
      reject(signal.aborted ? signal.reason : new CommandError('CommandMissing', command, '', cause))
    })
    child.once('close', () => reject(signal.aborted ? signal.reason : new CommandError('CommandFailed', command, last)))
  })
}
