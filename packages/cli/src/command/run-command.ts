import {
  TransportError,
  version,
  type ClosableTransport,
  type createKubernetesTransport,
} from '@failover-ip/kubernetes'
import { ConfigurationError, type Clock } from '@failover-ip/provider'
import { DeadlineExceededError } from '@failover-ip/core'
import { check } from '../check.ts'
import { loadProviders } from '../provider/find-provider.ts'
import { renderReport } from '../report/render-report.ts'
import { help, readCommand, type CheckCommand } from './read-command.ts'
import { UsageError } from './usage-error.ts'

/** What the program needs from outside. */
export interface CommandPorts {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly environment: Readonly<Record<string, string | undefined>>
  /** From where packages of providers are found. */
  readonly folder: string
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  readonly connect: typeof createKubernetesTransport
}

/** The whole program. Resolves with its exit code: 0, 1 when something fails, 2 when the command is wrong. */
export async function runCommand(args: readonly string[], ports: CommandPorts, signal: AbortSignal): Promise<number> {
  try {
    const command = readCommand(args)
    if (command.kind === 'check') return await runCheck(command.command, ports, signal)
    ports.write(command.kind === 'help' ? help : `${version}\n`)
    return 0
  } catch (error) {
    ports.writeError(`${sentenceOf(error)}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function runCheck(command: CheckCommand, ports: CommandPorts, signal: AbortSignal): Promise<number> {
  const { addresses, namespace, operatorNamespace, providerPackages, output } = command
  const loaded = await Promise.all(providerPackages.map((name) => loadProviders(name, ports.folder)))
  const transport = await connect(command, ports)
  try {
    const request = {
      addresses,
      providers: loaded.flat(),
      ...(namespace === undefined ? {} : { namespace }),
      ...(operatorNamespace === undefined ? {} : { operatorNamespace }),
    }
    const report = await check(request, { ...ports, transport }, { signal })
    ports.write(output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report))
    return report.ok ? 0 : 1
  } finally {
    transport.close()
  }
}

function connect({ kubeconfig, context }: CheckCommand, ports: CommandPorts): Promise<ClosableTransport> {
  return ports.connect({
    kubeConfig: kubeconfig === undefined ? 'auto' : { file: kubeconfig },
    ...(context === undefined ? {} : { context }),
    environment: ports.environment,
    userAgent: `failover-ip-cli/${version}`,
  })
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof TransportError || error instanceof ConfigurationError) {
    return error.message
  }
  if (error instanceof DeadlineExceededError) return `The API server does not answer: ${error.message}.`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
