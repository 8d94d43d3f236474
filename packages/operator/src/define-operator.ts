import { printCrds, version } from '@failover-ip/kubernetes'
import type { Provider } from '@failover-ip/provider'
import { defaultPorts } from './default-ports.ts'
import { errorText } from './logging/error-text.ts'
import type { Environment, OperatorPorts } from './operator-ports.ts'
import { helpText } from './options/help-text.ts'
import type { OperatorOptions } from './options/operator-options.ts'
import { readOptions } from './options/read-options.ts'
import type { Command } from './options/settings-table.ts'
import { runOperator } from './run-operator.ts'
import { StartError } from './start-error.ts'

/** A Kubernetes operator for one provider. */
export interface Operator {
  /**
   * The whole program: reads flags and variables, runs until SIGTERM or SIGINT, and resolves with the exit code, which
   * is also set on the process: 0, 1 when it could not start or had to give up, 2 for a wrong flag or variable.
   */
  run(argv?: readonly string[], environment?: Environment): Promise<number>
  /** The same without flags and signals: runs until the signal is aborted. */
  runWith(options: OperatorOptions, context: { readonly signal: AbortSignal }): Promise<void>
}

/**
 * Makes an operator of a provider.
 *
 * @param ports replaces what the operator needs from outside; for tests and the local cluster
 *
 * @example
 * process.exit(await defineOperator(scaleway).run())
 */
export function defineOperator<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  ports: Partial<OperatorPorts> = {},
): Operator {
  const all = (): OperatorPorts => ({ ...defaultPorts(), ...ports })
  return {
    run: async (argv, environment) => {
      const used = all()
      const process = { ...used.process, environment: environment ?? used.process.environment }
      const code = await runProgram(provider, { ...used, process }, argv ?? process.argv)
      process.setExitCode(code)
      return code
    },
    runWith: (options, { signal }) => runOperator(provider, all(), options, signal),
  }
}

async function runProgram<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  ports: OperatorPorts,
  argv: readonly string[],
): Promise<number> {
  const read = readOptions(argv, ports.process.environment, provider.name)
  if (read.kind === 'problem') {
    ports.errorOutput.write(`${read.message}\n`)
    return 2
  }
  if (read.kind === 'command') {
    ports.output.write(answerOf(read.command, provider.name))
    return 0
  }
  const stop = new AbortController()
  const forget = ports.process.onStop((name) => {
    // The second time somebody means it.
    if (stop.signal.aborted) ports.process.exit(1)
    stop.abort(new Error(`${name} was received`))
  })
  try {
    await runOperator(provider, ports, read.options, stop.signal)
    return 0
  } catch (error) {
    // A `StartError` says all; its cause would say it again.
    ports.errorOutput.write(`${error instanceof StartError ? error.message : errorText(error)}\n`)
    return 1
  } finally {
    forget()
  }
}

function answerOf(command: Command, provider: string): string {
  switch (command) {
    case 'help':
      return helpText(provider)
    case 'version':
      return `${version}\n`
    case 'print-crds':
      return printCrds()
  }
}
