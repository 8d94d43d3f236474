import type { Clock } from '@failover-ip/provider'
import { logInByDevice } from './device-flow.ts'
import { readLoginOptions } from './login-options.ts'
import type { NewFile } from './new-file.ts'
import { secretManifest } from './secret-manifest.ts'

/** What the program needs from outside. */
export interface LoginPorts {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  /** Takes the manifest when it is printed. */
  readonly output: { write(text: string): void; readonly isTerminal: boolean }
  /** Takes what a human reads. */
  readonly messages: { write(text: string): void }
  /** Makes the file of `--output`; rejects with a sentence when it cannot. */
  readonly createFile: (path: string) => Promise<NewFile>
  readonly signal: AbortSignal
}

export const usage: string = `Usage: npx @failover-ip/provider-netcup login [options]

Logs in at netcup's server control panel and makes the Secret that failover-ip's operator needs: you confirm a code
in the browser. Activate the REST API in the settings of the panel first, and let it be used from the cluster.

  --output FILE       write the Secret into this file, which must not exist yet
  --print             print the Secret even if the output is a terminal; without it, only a pipe gets it
  --name NAME         of the Secret; default netcup
  --namespace NAME    of the Secret; default failover-ip
  --api-url URL       default https://www.servercontrolpanel.de
`

/** Resolves with the exit code: 0, 1 when it failed, 2 for a wrong option. The token goes to the file or output alone. */
export async function runLogin(argv: readonly string[], ports: LoginPorts): Promise<number> {
  const { messages, output } = ports
  const fail = (code: number, text: string): number => {
    messages.write(`${text}\n`)
    return code
  }
  const read = readLoginOptions(argv)
  if (read.kind === 'problem') return fail(2, `${read.message}\n\n${usage}`)
  if (read.kind === 'help') {
    output.write(usage)
    return 0
  }
  const { options } = read
  if (options.output === undefined && output.isTerminal && !options.print) {
    return fail(2, 'The Secret would stand on this terminal. Use --output FILE, a pipe, or --print.')
  }
  let file: NewFile | undefined
  try {
    // Before anybody confirms a code: a token that has no place to go would be lost.
    if (options.output !== undefined) file = await ports.createFile(options.output)
  } catch (error) {
    return fail(2, sentenceOf(error))
  }
  try {
    const manifest = secretManifest(options, await logIn(options.apiUrl, ports))
    if (file === undefined) output.write(manifest)
    else await file.fill(manifest)
  } catch (error) {
    await file?.discard().catch(() => {})
    ports.signal.throwIfAborted()
    return fail(1, sentenceOf(error))
  }
  const done = options.output === undefined ? '' : ` Apply it: kubectl apply -f ${options.output}, and delete the file.`
  return fail(0, `The Secret is made.${done}`)
}

function logIn(apiUrl: string, ports: LoginPorts): Promise<string> {
  return logInByDevice(
    { ...ports, apiUrl, userAgent: 'failover-ip/login' },
    ({ url, code, expiresInSeconds }) => {
      const minutes = Math.floor(expiresInSeconds / 60)
      ports.messages.write(`Open ${url}\nand confirm the code ${code} within ${minutes} minutes.\n`)
    },
    { signal: ports.signal },
  )
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The login failed.'
}
