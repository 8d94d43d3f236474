import { runCommand } from '../commands/run-command.ts'
import { applyChanges } from './apply-changes.ts'
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
    apply: (changes, options) => applyChanges(changes, runCommand, options),
    watch: (changed, { signal }) => monitor(['ip', '-oneline', 'monitor', 'address', 'link', 'route'], changed, signal),
  }
}
