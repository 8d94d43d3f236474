import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { nodeResource } from '@failover-ip/kubernetes'
import type { OperatorOptions, OperatorPorts } from '@failover-ip/operator'
import { createKeyRing, startProbeAgent, systemClock } from '@failover-ip/runtime'
import type { KeyRing, ProbeAgent } from '@failover-ip/runtime'

import { viewNode } from '../nodes/node-condition.ts'
import type { Replica } from '../operator-cluster/replica.ts'
import { address, createEmbeddedCluster } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const current = new Uint8Array(32).fill(1)
const other = new Uint8Array(32).fill(2)
const unknown = new Uint8Array(32).fill(3)

/** What a process of the cluster signs with and accepts. */
export const keyRings: Readonly<Record<'usual' | 'other' | 'strict' | 'unknown', KeyRing>> = {
  usual: createKeyRing({ current, other }),
  /** Signs what `usual` accepts, and `strict` does not. */
  other: createKeyRing({ current: other, other: current }),
  strict: createKeyRing({ current }),
  /** Whoever has it is silent for all others, while its kernel refuses nothing: as without power. */
  unknown: createKeyRing({ current: unknown }),
}

export interface ProbedNode {
  readonly agent: ProbeAgent
  keyRing: KeyRing
}

/**
 * The embedded cluster with real agents on the loopback interface, and `node-1` as holder of the address. The others
 * stand witness for it.
 */
export interface ProbedCluster extends AsyncDisposable {
  readonly cluster: EmbeddedCluster
  /** UDP, of all agents. */
  readonly port: number
  node(name: string): ProbedNode
  /** As the shipped program, with its keys in files. */
  start(options?: Partial<OperatorOptions>, ports?: Partial<OperatorPorts>): Replica
  /**
   * Lets virtual time pass as fast as real time until it holds, so that it meets real sockets. Resolves with the
   * milliseconds that it took; fails after `within`.
   */
  untilReal(holds: () => boolean, within: number): Promise<number>
}

/** Milliseconds between two looks: no phase of a failover is told apart any finer. */
const tick = 4

/** @param network three numbers of 127/8 that no other test uses */
export async function createProbedCluster(network: string): Promise<ProbedCluster> {
  const cluster = await createEmbeddedCluster({ network })
  const { cloud, clock } = cluster
  await cluster.install()
  cloud.moveByHand(`${address}/32`, cloud.snapshot().servers.find(({ name }) => name === 'node-1')?.id ?? null)
  // What is read of the cloud lags by a second.
  await clock.advance(2000)
  const folder = await mkdtemp(join(tmpdir(), 'probe-keys-'))
  await writeFile(join(folder, 'current'), current)
  await writeFile(join(folder, 'other'), other)
  const nodes = new Map<string, ProbedNode>()
  const { signal } = new AbortController()
  const holder = cluster.nodes.specs
    .slice(0, 1)
    .map((spec) => ({ node: spec.name, address: spec.address, interval: 500 }))
  let port = 0
  for (const { name, address: host } of cluster.nodes.specs) {
    const object = await clock.advanceUntil(cluster.client.get(nodeResource, { name }, { signal }))
    const { bootID = '' } = viewNode(object)
    const part = { keyRing: keyRings.usual }
    const keyRing = (): KeyRing => part.keyRing
    const agent = await startProbeAgent({
      node: name,
      bootID,
      keyRing,
      hosts: [host],
      port,
      handshakePort: 'none',
      // In real time, but of the cluster's day.
      clock: { ...systemClock(), now: () => clock.now() },
      signal,
    })
    port = agent.addresses[0]?.port ?? 0
    nodes.set(name, Object.assign(part, { agent }))
  }
  for (const [name, { agent }] of nodes) if (name !== 'node-1') agent.watch(holder)
  return {
    cluster,
    port,
    node: (name) => {
      const node = nodes.get(name)
      if (node === undefined) throw new RangeError(`there is no node ${name}`)
      return node
    },
    start: (options, ports) =>
      cluster.start(
        {
          probeKeyDirectory: folder,
          probePort: port,
          // Its kernel refuses: handshakes are not believed, and no packet leaves this machine.
          lieTestAddresses: { ipv4: `${network}.250`, ipv6: '::1' },
          ...options,
        },
        ports,
      ),
    untilReal: async (holds, within) => {
      const began = performance.now()
      for (let passed = 0; !holds();) {
        const now = Math.floor(performance.now() - began)
        if (now > within) throw new Error(`did not come true within ${within} milliseconds`)
        await clock.advance(now - passed)
        passed = now
        if (!holds()) await pause(tick)
      }
      return performance.now() - began
    },
    [Symbol.asyncDispose]: async () => {
      for (const { agent } of nodes.values()) await agent.close()
      await cluster[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}
