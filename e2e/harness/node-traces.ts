import { addressMetric, translationTable } from '@failover-ip/agent'
import type { Cluster } from './cluster.ts'

const letGo = `ip -oneline address | awk '/ metric ${addressMetric} / { print $4, $2 }' |
  while read -r address device; do ip address delete "$address" dev "$device"; done
nft delete table inet ${translationTable} 2>/dev/null || true`

/** Takes away what agents have left on the nodes, as those that were uninstalled or killed do. */
export async function removeTraces(cluster: Pick<Cluster, 'exec' | 'nodes'>): Promise<void> {
  for (const { name } of cluster.nodes) await cluster.exec(name, ['sh', '-c', letGo])
}
