import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ClusterNode } from '../harness/cluster-node.ts'
import { clusterFolder } from '../harness/programs.ts'

/** A unit as the cloud routes it: to a node, or to nobody. */
export interface RouteChange {
  readonly unit: string
  readonly node: string | undefined
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The cloud's routers: they send packets where its API says that a unit is. */
export interface Fabric extends AsyncDisposable {
  /** Every change since the start, in their order. */
  readonly changes: readonly RouteChange[]
}

export interface FabricOptions {
  readonly units: readonly string[]
  readonly nodes: readonly ClusterNode[]
  /** The truth of the cloud, asked again and again: name of the node that has the unit. */
  readonly holder: (unit: string) => string | undefined
  /** For units that are not routed: what their packets take, as text for `nft -f`. */
  readonly deliver?: (unit: string, node: string | undefined) => string | undefined
}

/** Milliseconds between two looks at the cloud. */
const interval = 2

/** Without the script, which would take longer than the change. */
function translate(rules: string): void {
  const nft = spawn('nsenter', ['--net=/run/netns/fip-router', 'nft', '-f', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  nft.stdin.end(rules)
}

/** Routes the units in the router's namespace from now on, each change as soon as the cloud shows it. */
export async function startFabric({ units, nodes, holder, deliver }: FabricOptions): Promise<Fabric> {
  const ip = spawn(`${clusterFolder}cluster.sh`, ['router', 'ip', '-force', '-batch', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  await once(ip, 'spawn')
  const changes: RouteChange[] = []
  const routed = new Map<string, string | undefined>()
  const route = (unit: string): void => {
    const name = holder(unit)
    if (routed.has(unit) && routed.get(unit) === name) return
    routed.set(unit, name)
    changes.push({ unit, node: name, at: Date.now() })
    const rules = deliver?.(unit, name)
    if (rules !== undefined) return translate(rules)
    const node = nodes.find((each) => each.name === name)
    const via = unit.includes(':') ? node?.addressV6 : node?.address
    ip.stdin.write(`route replace ${via === undefined ? `blackhole ${unit}` : `${unit} via ${via} dev eth0`}\n`)
  }
  const timer = setInterval(() => units.forEach(route), interval)
  return {
    changes,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      for (const [unit, name] of routed) if (deliver?.(unit, name) === undefined) ip.stdin.write(`route del ${unit}\n`)
      ip.stdin.end()
      await once(ip, 'exit')
    },
  }
}
