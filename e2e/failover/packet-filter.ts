import type { Cluster } from '../harness/cluster.ts'

/** Packets that a node does not let pass, like a firewall that somebody has set up on it; each rule of its own. */
export interface PacketFilter {
  /** Drops from now on what comes in, or goes out. `rule` in the words of nftables, without its verdict: `udp dport 7476`. */
  drop(node: string, hook: 'input' | 'output', rule: string): Promise<void>
  /** Lets everything pass again. */
  clear(node: string): Promise<void>
}

const table = 'inet fip-filter'

/** Rules apply before anybody else looks at the packet. */
export function packetFilter(cluster: Cluster): PacketFilter {
  const nft = async (node: string, input: string): Promise<void> => {
    await cluster.exec(node, ['nft', '-f', '-'], { input })
  }
  return {
    drop: async (node, hook, rule) =>
      await nft(node, `table ${table} { chain ${hook} { type filter hook ${hook} priority -300; ${rule} drop; }; }\n`),
    clear: async (node) => await nft(node, `table ${table} {}\ndelete table ${table}\n`),
  }
}
