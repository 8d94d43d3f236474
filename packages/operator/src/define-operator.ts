import type { Provider } from '@failover-ip/provider'
import { runProgram, type Environment } from '@failover-ip/process'
import { defaultPorts } from './default-ports.ts'
import type { OperatorPorts } from './operator-ports.ts'
import type { OperatorOptions } from './options/operator-options.ts'
import { readOptions } from './options/read-options.ts'
import { runOperator } from './run-operator.ts'

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
      const variables = environment ?? used.process.environment
      const run = { ...used, process: { ...used.process, environment: variables } }
      const task = readOptions(argv ?? used.process.argv, variables, provider.name)
      const code = await runProgram(task, (options, signal) => runOperator(provider, run, options, signal), run)
      used.process.setExitCode(code)
      return code
    },
    runWith: (options, { signal }) => runOperator(provider, all(), options, signal),
  }
}
