import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ClusterNode } from './cluster-node.ts'
import type { Cluster } from './cluster.ts'
import { clusterFolder } from './programs.ts'

/**
 * DigitalOcean's way of delivering: each node has an anchor address that only its metadata tells, and the router puts the
 * anchor of the holder in the place of the failover address, and back.
 */
export interface Anchors extends AsyncDisposable {
  /** Gives a node its anchor, which it loses with its power. */
  give(node: string): Promise<void>
  /** Text for `nft -f` in the router: packets for the address go to this node from now on, or to nobody. */
  deliver(address: string, node: string | undefined): string
}

const metadataAddress = '169.254.169.254'
const table = 'table ip fip-anchor'
const network = '10.17.0.0/16'
const anchorOf = ({ address }: ClusterNode): string => address.replace('10.88.', '10.17.')

/** Gives anchors to all nodes, and serves their metadata. `program`: that of `failover/traffic/`. */
export async function layAnchors(cluster: Cluster, program: string): Promise<Anchors> {
  await using undo = new AsyncDisposableStack()
  const takeAnchor = ['ip', 'address', 'flush', 'dev', 'eth0', 'to', network]
  const give = async (name: string): Promise<void> => {
    const node = cluster.nodes.find((each) => each.name === name)
    if (node !== undefined)
      await cluster.exec(name, ['ip', 'address', 'replace', `${anchorOf(node)}/16`, 'dev', 'eth0'])
  }
  for (const { name } of cluster.nodes) {
    undo.defer(async () => void (await cluster.exec(name, takeAnchor)))
    await give(name)
  }
  undo.defer(async () => void (await cluster.router(takeAnchor)))
  await cluster.router(['ip', 'address', 'replace', '10.17.0.253/16', 'dev', 'eth0'])
  undo.defer(async () => void (await cluster.router(['nft', '-f', '-'], { input: `${table} {}; delete ${table};\n` })))
  undo.defer(async () => void (await cluster.router(['ip', 'address', 'flush', 'dev', 'lo', 'to', metadataAddress])))
  await cluster.router(['ip', 'address', 'replace', `${metadataAddress}/32`, 'dev', 'lo'])
  const answers = cluster.nodes.map((node) => `${node.address}=${anchorOf(node)}`)
  const service = spawn(
    `${clusterFolder}cluster.sh`,
    ['router', program, 'metadata', `${metadataAddress}:80`, ...answers],
    { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  undo.defer(() => {
    if (service.pid !== undefined) process.kill(-service.pid, 'SIGKILL')
  })
  await once(service.stdout, 'data', { signal: AbortSignal.timeout(10_000) })
  const laid = undo.move()
  return {
    give,
    deliver: (address, name) => {
      const node = cluster.nodes.find((each) => each.name === name)
      if (node === undefined) return `${table} {}; delete ${table};\n`
      // Packets, not connections: one that was begun at the old holder goes to the new one with the next packet.
      return `${table} {}; delete ${table}; ${table} {
        chain to { type filter hook prerouting priority -300; iifname "outside" ip daddr ${address} ip daddr set ${anchorOf(node)} notrack; }
        chain from { type filter hook postrouting priority 300; oifname "outside" ip saddr ${network} ip saddr set ${address}; }
      };\n`
    },
    [Symbol.asyncDispose]: async () => await laid.disposeAsync(),
  }
}
