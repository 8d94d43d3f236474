import { type Command, runCommand } from '../commands/run-command.ts'
import { changeCommand } from './change-command.ts'
import { monitor } from './monitor.ts'
import type { Network } from './network.ts'
import { readNetwork } from './read-network.ts'

export interface IpNetworkOptions {
  /** Put before each command, to work in another network namespace, like `['ip', 'netns', 'exec', 'n1']`. */
  readonly prefix?: readonly string[]
}

/** The network of this node, by iproute2 and nft as child processes: they know every kernel, and we need no native code. */
export function createIpNetwork({ prefix = [] }: IpNetworkOptions = {}): Network {
  const prefixed = ([program, ...argv]: Command): Command => {
    const [first, ...rest] = prefix
    return first === undefined ? [program, ...argv] : [first, ...rest, program, ...argv]
  }
  const run: typeof runCommand = (command, options) => runCommand(prefixed(command), options)
  return {
    read: (options) => readNetwork(run, options),
    apply: async (change, { signal }) => {
      const { command, input } = changeCommand(change)
      await run(command, { signal, ...(input === undefined ? {} : { input }) })
    },
    watch: (changed, { signal }) =>
      monitor(prefixed(['ip', '-oneline', 'monitor', 'address', 'link', 'route']), changed, signal),
  }
}
