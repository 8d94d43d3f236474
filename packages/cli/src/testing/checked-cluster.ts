import { failoverNodeResource, nodeResource, type KubernetesTransport } from '@failover-ip/kubernetes'
import {
  classObject,
  createOperatorCluster,
  failoverIPObject,
  operatorNamespace,
  pseudoRandom,
  secretObject,
  type OperatorCluster,
} from '@failover-ip/local-cluster/operator-cluster'
import type { ProcessPort } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'
import { createScalewayEmulator, createVirtualClock, type ScalewayEmulator } from '@failover-ip/provider-testkit'
import { check, type CheckPorts, type CheckRequest } from '../check.ts'
import { podResource } from '../cluster/pod-resource.ts'
import type { CheckReport, Finding, Subject } from '../report/finding.ts'

export const address = '51.15.129.35'
export const unit: string = `${address}/32`

const { signal } = new AbortController()

/** A cluster at Scaleway on which everything is well, until a test makes something wrong. */
export interface CheckedCluster extends OperatorCluster {
  readonly cloud: ScalewayEmulator
  /** Requests to the API server that checks have made. */
  readonly requests: readonly string[]
  /** Writes Secret, class and FailoverIP, and lets an agent of each node run and report. */
  install(change?: { readonly secret?: Readonly<Record<string, string>>; readonly spec?: object }): Promise<void>
  /** What Kubernetes says of the pod of a node's agent: that it is Ready, waits for a node, is not Ready, or nothing, as there is none. */
  agentRuns(node: string, state: 'Ready' | 'CrashLoopBackOff' | 'Pending' | 'absent'): Promise<void>
  /** What a node's agent says of the path of the probes. */
  agentSays(node: string, status: 'True' | 'False', message?: string): Promise<void>
  /** Starts an operator and waits until the FailoverIP is served, and its node carries it. */
  serve(): Promise<void>
  check(request?: CheckRequest, ports?: Partial<CheckPorts>): Promise<CheckReport>
}

/** @param zones of node-1, node-2 and so on */
export async function createCheckedCluster(
  zones: readonly string[] = ['fr-par-1', 'fr-par-1', 'fr-par-1'],
): Promise<CheckedCluster> {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, latencyMs: 50, random: pseudoRandom() })
  const nodes = zones.map((where, index) => {
    const name = `node-${index + 1}`
    const { providerID, zone } = cloud.addServer({ name, zone: where })
    return { name, providerID, zone, address: `10.0.0.${index + 1}` }
  })
  cloud.addIp({ unit })
  const { fetch } = cloud
  const cluster = await createOperatorCluster({ provider: scaleway, clock, random: pseudoRandom(), fetch, nodes })
  const { accessKey, secretKey, project } = cloud.account
  const requests: string[] = []
  const transport: KubernetesTransport = {
    request: (request) => {
      requests.push(`${request.method} ${request.path}`)
      return cluster.api.transport.request(request)
    },
  }
  const report = async (name: string, told: object): Promise<void> => {
    const { status: node } = await cluster.client.get(nodeResource, { name }, { signal })
    await cluster.client
      .create(failoverNodeResource, { metadata: { name } }, { signal })
      .catch(() => cluster.client.get(failoverNodeResource, { name }, { signal }))
    const body = { status: { bootID: bootIDOf(node), ...told } }
    const patch = { type: 'merge', subresource: 'status', body } as const
    await cluster.client.patch(failoverNodeResource, { name }, patch, { signal })
  }
  const agentSays: CheckedCluster['agentSays'] = async (name, status, message = 'said by the agent') => {
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    const conditions = [{ type: 'FastDetection', status, reason: 'Tested', message, lastTransitionTime }]
    await report(name, { conditions })
  }
  const agentRuns: CheckedCluster['agentRuns'] = async (node, state) => {
    const name = { namespace: operatorNamespace, name: `failover-ip-agent-${node}` }
    await cluster.client.delete(podResource, name, { signal }).catch(() => undefined)
    if (state === 'absent') return
    const labels = { 'app.kubernetes.io/name': 'failover-ip', 'app.kubernetes.io/component': 'agent' }
    const spec = state === 'Pending' ? { containers: [] } : { nodeName: node, containers: [] }
    const pod = { metadata: { ...name, labels }, spec }
    const created = await cluster.client.create(podResource, pod, { signal })
    const isReady = state === 'Ready'
    const pending = { conditions: [{ type: 'PodScheduled', status: 'False' }] }
    const started = {
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [{ state: isReady ? { running: {} } : { waiting: { reason: state } } }],
    }
    const status = state === 'Pending' ? pending : started
    await cluster.client.updateStatus(podResource, { ...created, status }, { signal })
  }
  return {
    ...cluster,
    cloud,
    requests,
    agentRuns,
    agentSays,
    install: async ({ secret = {}, spec = {} } = {}) => {
      const keys = { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project }
      const parameters = { zones: [...new Set(['fr-par-1', ...zones])] }
      await cluster.apply('Secret', secretObject('scaleway', { ...keys, ...secret }))
      await cluster.apply(
        'FailoverIPClass',
        classObject('scaleway', { parameters, addresses: ['51.15.129.0/24'], ...spec }),
      )
      await cluster.apply('FailoverIP', failoverIPObject('web', [address]))
      for (const { name } of nodes) {
        await agentRuns(name, 'Ready')
        await agentSays(name, 'True')
      }
    },
    serve: async () => {
      cluster.start({}, { process: inPod('failover-ip-operator-scaleway-0') })
      await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True')
      const { node = '', addresses = [] } = await cluster.status()
      const carried = addresses.map(({ address, epoch }) => ({ address, epoch, role: 'holder', carried: true }))
      await report(node, { addresses: carried })
      await cluster.until(async () => (await cluster.condition('Configured'))?.status === 'True')
    },
    check: (request = {}, ports = {}) =>
      clock.advanceUntil(check(request, { transport, clock, fetch, ...ports }, { signal }), {
        withinMilliseconds: 60_000,
      }),
  }
}

function inPod(name: string): ProcessPort {
  const nothing = (): void => undefined
  return { argv: [], environment: { POD_NAME: name }, onStop: () => nothing, setExitCode: nothing, exit: nothing }
}

/** All findings about a subject. */
export function findingsOf({ sections }: CheckReport, subject: Subject): readonly Finding[] {
  return sections.flatMap(({ findings }) => findings.filter((finding) => finding.subject === subject))
}

function bootIDOf(status: unknown): string {
  const info = typeof status === 'object' && status !== null && 'nodeInfo' in status ? status.nodeInfo : undefined
  return typeof info === 'object' && info !== null && 'bootID' in info ? String(info.bootID) : ''
}
