import { isatty, ReadStream, WriteStream } from 'node:tty'
import { fileURLToPath } from 'node:url'

import { demoHelp, readDemoOptions } from './demo/demo-options.ts'
import type { DemoOptions } from './demo/demo-options.ts'
import { runInteractiveDemo, runScriptedDemo } from './demo/run-demo.ts'
import type { DemoContext } from './demo/run-demo.ts'
import { createTerminal } from './demo/terminal.ts'
import type { Terminal } from './demo/terminal.ts'
import { systemClock } from '@failover-ip/runtime'

/** What `npm start` runs. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

async function main(): Promise<number> {
  const read = readDemoOptions(process.argv.slice(2))
  if (read.kind === 'help') {
    process.stdout.write(demoHelp)
    return 0
  }
  if (read.kind === 'problem') {
    process.stderr.write(`${read.message}\n`)
    return 2
  }
  return runUntilStopped(read.options)
}

async function runUntilStopped(options: DemoOptions): Promise<number> {
  const stop = new AbortController()
  let stoppedBy: keyof typeof exitCodes | undefined
  const onSignal = (name: keyof typeof exitCodes): void => {
    // The second time somebody means it; the handlers of `exit` still end everything.
    if (stoppedBy !== undefined) process.exit(exitCodes[name])
    stoppedBy = name
    stop.abort(new Error(`${name} was received`))
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => onSignal(name))
  try {
    await runAsFits(options, stop.signal)
    return 0
  } catch (error) {
    if (stoppedBy !== undefined) return exitCodes[stoppedBy]
    process.stderr.write(`\nFailed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

function runAsFits({ cloud, nodes, script }: DemoOptions, signal: AbortSignal): Promise<void> {
  const context: DemoContext = {
    cloud,
    nodes,
    replicaProgram: [...process.execArgv, replicaProgram()],
    write: (text) => void process.stdout.write(text),
    clock: systemClock(),
    random: Math.random,
    signal,
    onExit: (endNow) => void process.once('exit', endNow),
  }
  const terminal = script ? undefined : ownTerminal()
  if (terminal === undefined) return runScriptedDemo(context)
  const color = (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
  return runInteractiveDemo(context, { terminal, color })
}

/** Undefined where nobody looks at it or can press a key. */
function ownTerminal(): Terminal | undefined {
  const { stdin, stdout } = process
  const isCI = !['', 'false', '0'].includes(process.env['CI'] ?? '')
  if (isCI || !(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) return undefined
  return isatty(0) && isatty(1) ? createTerminal(stdin, stdout) : undefined
}

/** As this very file is: source beside source, built beside built. */
function replicaProgram(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./replica/main.${extension}`, import.meta.url))
}

process.exit(await main())
