import { runProgram, type Environment } from '@failover-ip/process'
import type { AgentPorts } from './agent-ports.ts'
import { defaultPorts } from './default-ports.ts'
import { readOptions } from './options/read-options.ts'
import { runAgent } from './run-agent.ts'

/** The agent of one node. */
export interface Agent {
  /**
   * The whole program: reads flags and variables, runs until SIGTERM or SIGINT, and resolves with the exit code, which is
   * also set on the process: 0, 1 when it could not start, 2 for a wrong flag or variable.
   */
  run(argv?: readonly string[], environment?: Environment): Promise<number>
}

/**
 * @param ports replaces what the agent needs from outside; for tests
 *
 * @example
 * process.exit(await defineAgent().run())
 */
export function defineAgent(ports: Partial<AgentPorts> = {}): Agent {
  return {
    run: async (argv, environment) => {
      const all = { ...defaultPorts(), ...ports }
      const variables = environment ?? all.process.environment
      const used = { ...all, process: { ...all.process, environment: variables } }
      const task = readOptions(argv ?? used.process.argv, variables)
      const code = await runProgram(task, (options, signal) => runAgent(used, options, signal), used)
      used.process.setExitCode(code)
      return code
    },
  }
}
