import { runCommand } from '../commands/run-command.ts'
import { changeCommand } from './change-command.ts'
import { monitor } from './monitor.ts'
import type { Network } from './network.ts'
import { readNetwork } from './read-network.ts'

/**
 * The network of the namespace that this process runs in, by iproute2 (5.x or newer) and nft (1.0 or newer) as child
 * processes: they know every kernel, and no native code is needed.
 */
export function createIpNetwork(): Network {
  return {
    read: (options) => readNetwork(runCommand, options),
    apply: async (change, { signal }) => {
      const { command, input } = changeCommand(change)
      await runCommand(command, { signal, ...(input === undefined ? {} : { input }) })
    },
    watch: (changed, { signal }) => monitor(['ip', '-oneline', 'monitor', 'address', 'link', 'route'], changed, signal),
  }
}
