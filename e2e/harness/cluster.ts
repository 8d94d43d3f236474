import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { ApiServerPower, PowerOptions } from './api-server-power.ts'
import { clusterNode, type ClusterNode } from './cluster-node.ts'
import { CommandError, run, type CommandOptions } from './command.ts'
import { buildPrograms, clusterFolder, prepareMachine } from './programs.ts'

const script = `${clusterFolder}cluster.sh`

/** The running cluster of this machine; there is at most one. Every verb resolves when it has taken effect. */
export interface Cluster extends ApiServerPower {
  /** Path of a kubeconfig with all rights, usable from this machine. */
  readonly kubeconfig: string
  readonly nodes: readonly ClusterNode[]
  /** Cuts the node off and kills all its processes at once; its disk stays. */
  powerOff(node: string, options?: PowerOptions): Promise<void>
  /** Starts a node that was powered off, with an empty network stack. Its Ready condition follows seconds later. */
  boot(node: string, options?: PowerOptions): Promise<void>
  /** Takes the cable out: the node sees that it has no carrier. Its processes and pods live on. */
  cut(node: string, options?: PowerOptions): Promise<void>
  /** Forwards no frame from or to the node, which still sees a carrier. */
  isolate(node: string, options?: PowerOptions): Promise<void>
  /** Undoes `cut` and `isolate`. */
  heal(node: string, options?: PowerOptions): Promise<void>
  /** Lets the node leave the cluster and join it as another server, by its `spec.providerID`; resolves when it is Ready. */
  rejoin(node: string, providerID: string): Promise<void>
  /** Runs a command inside a node and resolves with its standard output. */
  exec(node: string, command: readonly string[], options?: CommandOptions): Promise<string>
  /** Runs a command in a network namespace that is on the nodes' wire and is no node (10.88.0.100). */
  client(command: readonly string[], options?: CommandOptions): Promise<string>
  /** Runs a command in the namespace of the nodes' router. */
  router(command: readonly string[], options?: CommandOptions): Promise<string>
  kubectl(command: readonly string[], options?: CommandOptions): Promise<string>
  /** Imports container image archives on every node. */
  load(archives: readonly string[], options?: PowerOptions): Promise<void>
}

/** A cluster that whoever holds this ends. It also ends when the process that started it does, however that comes. */
export interface OwnedCluster extends Cluster {
  /** Removes every process, namespace and cgroup of the cluster. Twice is as good as once. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface ClusterOptions {
  /** 1 to 9. Default 3. */
  readonly nodes?: number
  /** Extra flags for kube-controller-manager, e.g. `--node-monitor-grace-period=12s`. Default: none, as in life. */
  readonly controllerManagerFlags?: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** A handle on the cluster that another process of this test run has started. */
export function attachCluster(nodes = 3): Cluster {
  const clusterVerb = async (command: readonly string[], options: CommandOptions = {}) =>
    await run([script, ...command], options)
  const power = (...words: readonly string[]) => {
    return async (options: PowerOptions = {}) => {
      await clusterVerb(words, { signal: options.signal, deadline: 90_000 })
    }
  }
  const nodePower = (verb: string) => async (node: string, options?: PowerOptions) => await power(verb, node)(options)
  return {
    kubeconfig: '/var/cache/failover-ip/cluster/pki/admin.kubeconfig',
    nodes: Array.from({ length: nodes }, (_, index) => clusterNode(index + 1)),
    powerOff: nodePower('poweroff'),
    boot: nodePower('boot'),
    cut: nodePower('cut'),
    isolate: nodePower('isolate'),
    heal: nodePower('heal'),
    rejoin: async (node, providerID) => await power('rejoin', node, providerID)(),
    exec: async (node, command, options) => await clusterVerb(['exec', node, ...command], options),
    client: async (command, options) => await clusterVerb(['client', ...command], options),
    router: async (command, options) => await clusterVerb(['router', ...command], options),
    kubectl: async (command, options) => await clusterVerb(['kubectl', ...command], options),
    load: async (archives, options) => await power('load', ...archives)(options),
    pauseApiServer: power('api', 'pause'),
    resumeApiServer: power('api', 'resume'),
    stopApiServer: power('api', 'stop'),
    startApiServer: power('api', 'start'),
  }
}

/**
 * Prepares the machine, builds what is missing, removes a stale cluster, and starts a new one; resolves when all nodes
 * are Ready. Waits up to 30 minutes for another run on this machine to end.
 *
 * @example
 * await using cluster = await startCluster({ nodes: 3 })
 * await cluster.powerOff('n2')
 */
export async function startCluster(options: ClusterOptions = {}): Promise<OwnedCluster> {
  const { nodes = 3, controllerManagerFlags = [], signal } = options
  await prepareMachine({ signal })
  await buildPrograms([], { signal })
  const session = await openSession(nodes, controllerManagerFlags, signal)
  const stop = async () => await closeSession(session)
  return { ...attachCluster(nodes), stop, [Symbol.asyncDispose]: stop }
}

type Session = ChildProcessByStdio<Writable, Readable, Readable>

const startDeadline = 35 * 60_000
const stopDeadline = 60_000

/** The session ends the cluster when its standard input closes, which the kernel does when this process dies. */
async function openSession(nodes: number, flags: readonly string[], signal?: AbortSignal): Promise<Session> {
  const command = [script, 'session', String(nodes)] as const
  const session = spawn(command[0], command.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C in the terminal is for us; the session has its clean-up to do
    env: { ...process.env, FIP_CONTROLLER_MANAGER_FLAGS: flags.join(' ') },
  })
  session.stdin.on('error', () => undefined)
  let stderr = ''
  session.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4096)
    process.stderr.write(text)
  })
  const deadline = AbortSignal.timeout(startDeadline)
  const giveUp = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  const abandon = () => void session.kill('SIGTERM')
  giveUp.addEventListener('abort', abandon, { once: true })
  try {
    for await (const line of createInterface({ input: session.stdout })) {
      if (line === 'ready') return session
      process.stderr.write(`${line}\n`)
    }
    giveUp.throwIfAborted()
    throw new CommandError(command, session.exitCode, stderr)
  } finally {
    giveUp.removeEventListener('abort', abandon)
  }
}

async function closeSession(session: Session): Promise<void> {
  if (session.exitCode !== null || session.signalCode !== null) return
  session.stdin.end()
  await once(session, 'exit', { signal: AbortSignal.timeout(stopDeadline) })
}
