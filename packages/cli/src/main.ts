#!/usr/bin/env node
import { createKubernetesTransport } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { runCommand } from './command/run-command.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))

process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    clock: systemClock(),
    fetch: globalThis.fetch,
    environment: process.env,
    folder: process.cwd(),
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    connect: createKubernetesTransport,
  },
  stop.signal,
)
