#!/usr/bin/env node
import { createInterface } from 'node:readline/promises'
import { describeSwitches, emulate } from './emulate/emulate.ts'
import { readCredentialsFile } from './live/credentials-file.ts'
import { keepCredentials } from './live/keep-credentials.ts'
import { LiveError } from './live/live-error.ts'
import { runLiveTrial } from './live/live.ts'
import { loadProvider } from './live/load-provider.ts'
import { readCredentials } from './live/read-credentials.ts'
import { machineClock } from './machine-clock.ts'
import { help, readCommand } from './read-command.ts'
import type { LiveCommand } from './read-command.ts'

const exitCodes = { passed: 0, failed: 1, refused: 2 } as const

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const read = readCommand(args)
  switch (read.kind) {
    case 'help':
      write(read.verb === 'emulate' ? `${help}\n${await describeSwitches()}` : help)
      return 0
    case 'problem':
      return refuse(read.message)
    case 'emulate': {
      const problem = await emulate(read.command, { clock: machineClock(), write, signal })
      return problem === undefined ? 0 : refuse(problem)
    }
    case 'live':
      return live(read.command, signal)
  }
}

async function live(command: LiveCommand, signal: AbortSignal): Promise<number> {
  try {
    const { provider, unverifiedFacts } = await loadProvider(command.package, process.cwd(), command.provider)
    const { parameters, credentialsFile, address, servers } = command
    const credentials = await readCredentials(provider, parameters, {
      environment: process.env,
      ...(credentialsFile === undefined ? {} : { file: await readCredentialsFile(credentialsFile) }),
    })
    const trial = { provider, unverifiedFacts, parameters, credentials, address, servers }
    const confirm = command.yes ? () => Promise.resolve(true) : (question: string) => ask(question, signal)
    const saveCredentials = keepCredentials({
      provider: provider.name,
      credentials,
      file: credentialsFile,
      folder: process.cwd(),
      write,
    })
    const context = { clock: machineClock(), fetch, write, confirm, signal, saveCredentials }
    return exitCodes[await runLiveTrial(trial, context)]
  } catch (error) {
    if (error instanceof LiveError) return refuse(error.message)
    throw error
  }
}

/** Nobody who could answer means no. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    write('Nobody is there to be asked. Say --yes to go on all the same.\n')
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim())
  } catch {
    return false
  } finally {
    terminal.close()
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`)
  return exitCodes.refused
}

function write(text: string): void {
  process.stdout.write(text)
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second time somebody means it, whatever is left behind.
    if (stop.signal.aborted) process.exit(130)
    stop.abort(new Error(`${name} was received.`))
  })
}
process.exit(await main(process.argv.slice(2), stop.signal))
