import { apiAddress, routerAddress } from '../harness/cluster-node.ts'
import type { Cluster } from '../harness/cluster.ts'
import { nodeSigns } from '../harness/node-signs.ts'
import { until } from '../harness/until.ts'
import { startFabric } from './fabric.ts'
import type { Stage } from './stage.ts'

/** Kubelets reach the API server by way of the holder of the failover addresses alone. */
export interface WayThroughHolder {
  untilLeasesAreRenewed(nodes: readonly string[]): Promise<void>
  /** Undone on nodes that run. */
  close(): Promise<void>
}

const api = `${apiAddress}/32`

// What a node has to say to the API server goes to the router, which sends it to the holder, which sends it on. The holder's
// own words come back to it like everybody's; of answers, which go straight, it sees nothing, so they are not tracked.
const open = `
sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0 net.ipv4.conf.eth0.accept_local=1
nft -f - <<NFT
table ip fip-way {
  chain forward { type filter hook prerouting priority -300; iifname "eth0" ip daddr ${api} notrack; }
}
NFT
ip rule add iif eth0 to ${api} lookup 100
ip route add ${api} dev eth0 table 100
ip route add ${api} via ${routerAddress}`

const shut = `
ip route delete ${api} via ${routerAddress}
ip rule delete iif eth0 to ${api} lookup 100
ip route flush table 100
nft delete table ip fip-way`

/** The stage's own programs keep their straight way, by another address of the API server. */
export async function openWayThroughHolder(cluster: Cluster, stage: Stage): Promise<WayThroughHolder> {
  const fabric = await startFabric({ units: [api], nodes: cluster.nodes, holder: () => stage.holder() })
  const names = cluster.nodes.map(({ name }) => name)
  const eachNode = async (script: string, nodes: readonly string[]): Promise<void> => {
    for (const node of nodes) await cluster.exec(node, ['sh', '-ec', script])
  }
  await eachNode(open, names)
  const { readRenewTime } = nodeSigns(stage.scene.api)
  const renewTimes = async (nodes: readonly string[]): Promise<readonly string[]> =>
    await Promise.all(nodes.map(readRenewTime))
  return {
    untilLeasesAreRenewed: async (nodes) => {
      const before = await renewTimes(nodes)
      const renewed = async (): Promise<boolean> =>
        (await renewTimes(nodes)).every((time, index) => time !== before[index])
      await until(`the Leases of ${nodes.join(', ')} to be renewed`, renewed, { deadline: 60_000 })
    },
    close: async () => {
      await eachNode(
        shut,
        names.filter((name) => stage.agent(name).running),
      )
      await fabric[Symbol.asyncDispose]()
    },
  }
}
