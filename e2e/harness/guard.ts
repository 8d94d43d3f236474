import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends what a test run has started, if the run itself no longer can. */
export interface Guard {
  stop(): Promise<void>
}

// `read` returns when this process has gone, in whatever way: the kernel then closes the other end of the pipe.
const script = 'read -r _; for f in "$0"/*.pid; do kill -9 "$(cat "$f")"; done 2>/dev/null; rm -rf "$0"'

/** Guards the programs whose `*.pid` files lie in the folder: when this process ends, they end and the folder goes. */
export function startGuard(folder: string): Guard {
  const guard = spawn('/bin/sh', ['-c', script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  guard.unref()
  return {
    stop: async () => {
      if (guard.exitCode !== null || guard.signalCode !== null) return
      guard.ref()
      const ended = once(guard, 'exit', { signal: AbortSignal.timeout(10_000) })
      guard.stdin.end()
      await ended
    },
  }
}
