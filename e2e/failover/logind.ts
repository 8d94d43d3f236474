import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Cluster } from '../harness/cluster.ts'
import { clusterFolder } from '../harness/programs.ts'

/** The system's logind on a node, for its kubelet: it shuts the machine down, and waits until the kubelet lets it. */
export interface Logind extends AsyncDisposable {
  /** Tells the kubelet, which ends the pods. */
  shutDown(): void
  /** Resolves when the kubelet has let the shutdown go on. */
  untilReleased(): Promise<void>
}

const socket = '/run/dbus/system_bus_socket'
const configFile = (node: string): string => `/var/cache/failover-ip/cluster/nodes/${node}/kubelet.yaml`

/** Restarts the node's kubelet with graceful shutdown; resolves when it waits for one. `program`: that of `traffic/`. */
export async function startLogind(cluster: Cluster, node: string, program: string): Promise<Logind> {
  const child = spawn(`${clusterFolder}cluster.sh`, ['exec', node, program, 'logind', socket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const untilSaid = async (word: string): Promise<void> => {
    for (let line = await lines.next(); line.value !== word; line = await lines.next())
      if (line.done === true) throw new Error(`logind of ${node} ended before it said ${word}`)
  }
  const listens = `until [ -S ${socket} ]; do sleep 0.02; done`
  const grace = String.raw`shutdownGracePeriod: 20s\nshutdownGracePeriodCriticalPods: 10s\n`
  const restart = `printf '${grace}' >>${configFile(node)}; pkill -KILL -x kubelet`
  await cluster.exec(node, ['sh', '-ec', `${listens}; ${restart}`])
  await untilSaid('watched')
  return {
    shutDown: () => void child.stdin.write('\n'),
    untilReleased: async () => await untilSaid('released'),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await cluster.exec(cluster.nodes[0]?.name ?? node, ['sed', '-i', '/^shutdownGrace/d', configFile(node)])
    },
  }
}
