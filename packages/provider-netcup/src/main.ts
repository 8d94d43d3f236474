#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises'
import { createNewFile } from './login/new-file.ts'
import { runLogin } from './login/run-login.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))

try {
  process.exitCode = await runLogin(process.argv.slice(2), {
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (milliseconds, { signal } = {}) => sleep(milliseconds, undefined, { signal }),
    },
    fetch: globalThis.fetch,
    output: { write: (text) => process.stdout.write(text), isTerminal: process.stdout.isTTY === true },
    messages: { write: (text) => process.stderr.write(text) },
    createFile: createNewFile,
    signal: stop.signal,
  })
} catch {
  process.exitCode = 130
}
