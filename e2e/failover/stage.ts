import { z } from 'zod'
import type { CloudName } from '../harness/cloud-on-bridge.ts'
import { joinAsServers } from '../harness/cloud-servers.ts'
import type { Cluster } from '../harness/cluster.ts'
import { createFailoverScene, type FailoverScene } from '../harness/failover-scene.ts'
import { nodeSigns } from '../harness/node-signs.ts'
import { removeTraces } from '../harness/node-traces.ts'
import { restoreNodes } from '../harness/restore-nodes.ts'
import { until } from '../harness/until.ts'
import { startFabric, type Fabric } from './fabric.ts'
import type { Programs } from './programs.ts'
import { startStageCloud, type StageCloud } from './stage-cloud.ts'
import { createStagePrograms, type StagePrograms } from './stage-programs.ts'
import { targetsOf } from './targets.ts'
import { readToldVerdicts, type ToldVerdict } from './told-verdicts.ts'
import { startAnsweredTraffic, type Traffic } from './traffic.ts'
import { createWorkload, readyContainers } from './workload.ts'

/** What clients ask at the failover addresses: pods with the node's network, and the Service that the FailoverIP names. */
export const targets = ['host4', 'host6', 'local4', 'local6'] as const

const states = ['proven', 'silent', 'unproven'] as const

/**
 * The whole product on the cluster, seen by a client in the world: an agent in each node, replicas of the operator in the
 * first two, a cloud that moves packets, and the FailoverIP `web` of both families.
 */
export interface Stage
  extends AsyncDisposable, Pick<StagePrograms, 'agent' | 'operator' | 'startAgent' | 'startOperator'> {
  readonly scene: FailoverScene
  readonly cloud: StageCloud
  readonly fabric: Fabric
  readonly traffic: Traffic
  /** What the operator on one node makes of its way to the agent of another; undefined: it has none. */
  pathState(operator: string, node: string): Promise<(typeof states)[number] | undefined>
  /** The longest time between two answers of the node to the leader, in its present rhythm. Milliseconds. */
  longestProbeSilence(node: string): Promise<number>
  /** What operators told since the moment, in Unix milliseconds. */
  toldVerdicts(since: number): Promise<readonly ToldVerdict[]>
  /** Name of the node whose operator leads. */
  leader(): Promise<string>
  /** What Kubernetes says of the node. */
  isReady(node: string): Promise<boolean>
  /** The node that has both units, once it is one. */
  holder(): string | undefined
  /** Moves the FailoverIP to this node, as a user would, and resolves when everything is calm there. */
  place(node: string): Promise<void>
  /** Takes the power from nodes, all at once. */
  powerOff(...nodes: readonly string[]): Promise<void>
  /** Boots nodes that are off and starts what ran there; resolves when everything is calm. */
  restore(...nodes: readonly string[]): Promise<void>
  /**
   * Resolves when nodes are Ready, agents see probes and carry what they are asked to, and the holder answers every target.
   */
  untilCalm(): Promise<void>
}

const failoverNodeShape = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
})
const leaseShape = z.object({ spec: z.object({ holderIdentity: z.string() }) })

/** What a scene's Secret holds by itself is another cloud's. */
const noCredentials = { SCW_ACCESS_KEY: undefined, SCW_SECRET_KEY: undefined, SCW_DEFAULT_PROJECT_ID: undefined }

export interface StageOptions {
  readonly name: string
  readonly programs: Programs
  /** Default: `scaleway`. */
  readonly cloud?: CloudName
  /** Of the class. */
  readonly change?: object
}

export async function setStage(
  cluster: Cluster,
  { name, programs, cloud: cloudName = 'scaleway', change = {} }: StageOptions,
): Promise<Stage> {
  await using undo = new AsyncDisposableStack()
  const names = cluster.nodes.map((node) => node.name)
  const cloud = undo.use(await startStageCloud(cloudName, cluster.nodes))
  const { anchors } = undo.use(await joinAsServers(cluster, cloud, programs.traffic))
  undo.defer(async () => await removeTraces(cluster))
  undo.defer(async () => await restoreNodes(cluster))
  const scene = undo.use(await createFailoverScene({ kubeconfig: cluster.kubeconfig, name, servers: [] }))
  const { api, namespace } = scene
  const own = undo.use(
    await createStagePrograms({
      name,
      agentFile: programs.agent,
      operatorFile: programs.operators[cloud.name],
      agentKubeconfig: cluster.kubeconfig,
      operatorKubeconfig: scene.operatorKubeconfig,
      operatorNamespace: scene.operatorNamespace,
    }),
  )
  const { agent, operator, startAgent, startOperator } = own
  const containers = new Map<string, readonly string[]>()
  const metricsOf = async (operator: string): Promise<string> => {
    const url = `http://${addressOf(operator)}:8080/metrics`
    return await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text()
  }
  const pathState: Stage['pathState'] = async (operator, node) => {
    const metrics = await metricsOf(operator)
    return states.find((state) => metrics.includes(`failover_ip_probe_path{node="${node}",state="${state}"} 1`))
  }
  const addressOf = (node: string): string => cluster.nodes.find((each) => each.name === node)?.address ?? ''
  const leader = async (): Promise<string> => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${scene.operatorNamespace}/leases/failover-ip-${cloud.name}`
    const { holderIdentity } = (await api.get(path, leaseShape)).spec
    return holderIdentity.slice(0, holderIdentity.indexOf('_'))
  }
  const { readReady } = nodeSigns(api)
  const isReady = async (node: string): Promise<boolean> => (await readReady(node)) === 'True'
  const holder = (): string | undefined => {
    const [v4, v6] = [cloud.holder(cloud.v4.unit), cloud.holder(cloud.v6.unit)]
    return v4 === v6 ? v4 : undefined
  }

  await scene.installCrds()
  await scene.createSecret(cloud.name, { ...noCredentials, ...cloud.credentials })
  await scene.createClass(cloud.name, {
    controllerName: `failover-ip.dev/${cloud.name}`,
    credentialsSecretRef: { name: cloud.name },
    parameters: cloud.parameters,
    addresses: [cloud.v4.unit, cloud.v6.unit],
    ...change,
  })
  await Promise.all([createWorkload(api, namespace, names.length), ...names.map(startAgent), startOperator('n1')])
  await until('the first operator to lead', async () => (await leader()) === 'n1')
  await startOperator('n2')
  await scene.createFailoverIP('web', {
    className: cloud.name,
    addresses: [cloud.v4.address, cloud.v6.address],
    serviceRef: { name: 'local' },
  })
  const fabric = undo.use(
    await startFabric({
      units: [cloud.v4.unit, cloud.v6.unit],
      nodes: cluster.nodes,
      holder: (unit) => cloud.holder(unit),
      deliver: (unit, node) => (unit === cloud.v4.unit ? anchors?.deliver(cloud.v4.address, node) : undefined),
    }),
  )

  const untilProductCalm = async (): Promise<void> => {
    const calm = async (): Promise<boolean> => {
      const [leads, held] = [await leader(), holder()]
      for (const operator of own.operatorNodes()) {
        // Who does not lead probes holders alone.
        for (const each of names.filter((name) => operator === leads || name === held)) {
          if ((await pathState(operator, each)) !== 'proven') throw new Error(`${operator} has not heard ${each}`)
        }
      }
      for (const each of names) {
        if (!(await isReady(each))) throw new Error(`${each} is not Ready`)
        const path = `/apis/failover-ip.dev/v1alpha1/failovernodes/${each}`
        const failoverNode = await api.get(path, failoverNodeShape)
        if (!failoverNode.status.conditions.some(({ type, status }) => type === 'FastDetection' && status === 'True'))
          throw new Error(`the probes of ${each} are not proven`)
        const running = await readyContainers(api, namespace, each)
        if (running.length < 2) throw new Error(`the workload on ${each} is not ready`)
        if (containers.get(each)?.some((id) => running.includes(id)) === true)
          throw new Error(`the workload on ${each} is still shown as before its node was off`)
      }
      const { conditions, node } = await scene.status('web')
      const wrong = ['Ready', 'Configured', 'Published'].filter(
        (type) => !conditions.some((each) => each.type === type && each.status === 'True'),
      )
      if (wrong.length > 0 || node === undefined || node !== holder()) throw new Error(JSON.stringify(conditions))
      return true
    }
    await until('everything to be calm', calm, { deadline: 100_000 })
    containers.clear()
  }
  await untilProductCalm()
  const asked = targetsOf(['host', 'local'], cloud.v4.address, cloud.v6.address)
  const traffic = undo.use(await startAnsweredTraffic(programs.traffic, asked))
  const untilCalm = async (): Promise<void> => {
    await untilProductCalm()
    await traffic.untilServedBy(holder() ?? '', targets)
  }
  await untilCalm()

  const set = undo.move()
  return {
    scene,
    cloud,
    fabric,
    traffic,
    agent,
    operator,
    startAgent,
    startOperator,
    pathState,
    longestProbeSilence: async (node) => {
      const series = new RegExp(`^failover_ip_probe_longest_silence_seconds\\{node="${node}"\\} (.*)$`, 'mu')
      return Number(series.exec(await metricsOf(await leader()))?.[1] ?? 0) * 1000
    },
    toldVerdicts: async (since) => await readToldVerdicts(own.operatorLogs(), since),
    leader,
    isReady,
    holder,
    untilCalm,
    place: async (node) => {
      if (holder() !== node) {
        await scene.patchFailoverIP('web', { spec: { nodeSelector: { 'kubernetes.io/hostname': node } } })
        await until(`the move to ${node}`, async () => holder() === node)
      }
      await scene.patchFailoverIP('web', { spec: { nodeSelector: null } })
      await untilCalm()
    },
    powerOff: async (...nodes) => {
      for (const node of nodes) containers.set(node, await readyContainers(api, namespace, node))
      await Promise.all(nodes.map(async (node) => await cluster.powerOff(node)))
    },
    restore: async (...nodes) => {
      for (const node of nodes) {
        await cluster.boot(node)
        await until(`${node} to run`, async () => (await cluster.exec(node, ['echo', 'yes'])) === 'yes\n')
        await anchors?.give(node)
        await startAgent(node)
        if (own.operatorNodes().includes(node)) await startOperator(node)
      }
      await untilCalm()
    },
    [Symbol.asyncDispose]: async () => await set.disposeAsync(),
  }
}
