import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Namespace } from './namespace.ts'

const program = fileURLToPath(new URL('traffic.ts', import.meta.url))

/** Starts a server of `traffic.ts` inside a namespace and resolves when it listens. */
export async function serve(namespace: Namespace, ...argv: readonly string[]): Promise<AsyncDisposable> {
  const [nsenter, ...rest] = namespace.inside(process.execPath, program, ...argv)
  const child = spawn(nsenter, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`traffic.ts ${argv.join(' ')} did not listen`)
    }),
  ])
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** What a client inside a namespace is answered, `silence` after two seconds. */
export async function ask(
  namespace: Namespace,
  transport: 'udp' | 'tcp',
  { from, to, port }: { readonly from: string; readonly to: string; readonly port: number },
): Promise<string> {
  return (await namespace.run([process.execPath, program, 'ask', transport, from, to, String(port)])).trim()
}
