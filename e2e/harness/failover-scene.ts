import { createScalewayEmulator, serveEmulator, type ScalewayEmulator } from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createApiClient, type ApiClient } from './api-client.ts'
import { run } from './command.ts'
import { ifMissing, installCrds, removeCrds, untilMissing } from './custom-resources.ts'
import { startGuard } from './guard.ts'
import { reportsFolder } from './measurements.ts'
import { grantOperatorRights, type OperatorRights } from './operator-rights.ts'
import { startOperator, type OperatorProcess } from './operator-process.ts'
import { until } from './until.ts'

/** What clients dial in these suites, and the unit that the cloud routes for each. */
export const ipv4 = '51.15.129.35'
export const ipv6 = '2001:bc8:710:3c3b::1'
export const unitV4: string = `${ipv4}/32`
export const unitV6: string = '2001:bc8:710:3c3b::/64'

/** A node as the cloud knows it. */
export interface SceneServer {
  readonly name: string
  readonly serverID: string
  readonly zone: string
}

const condition = z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() })
const conditions = z.array(condition).default([])
const failoverIPShape = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  status: z
    .object({
      node: z.string().optional(),
      plannedNode: z.string().optional(),
      moves: z.number().default(0),
      lastMove: z.record(z.string(), z.string()).optional(),
      addresses: z
        .array(
          z.object({
            unit: z.string(),
            node: z.string().optional(),
            epoch: z.number(),
            operation: z.unknown().optional(),
          }),
        )
        .default([]),
      conditions,
    })
    .default({ moves: 0, addresses: [], conditions: [] }),
})
const classShape = z.object({ status: z.object({ conditions }).default({ conditions: [] }) })

export type SceneStatus = z.infer<typeof failoverIPShape>['status']
export type SceneCondition = z.infer<typeof condition>

/** A cloud, the custom resources, the operator's namespace and one for FailoverIPs; what a suite plays in. */
export interface FailoverScene extends AsyncDisposable {
  readonly api: ApiClient
  readonly cloud: ScalewayEmulator
  readonly namespace: string
  readonly operatorNamespace: string
  /** Path of a kubeconfig with the operator's rights. */
  readonly operatorKubeconfig: string
  /** Starts a replica of the operator with the rights of `rbac.yaml`, which ends with the scene at the latest. */
  start(name: string, flags?: readonly string[]): Promise<OperatorProcess>
  /** Takes the operators' rights in Kubernetes, and gives them back. */
  readonly rights: Pick<OperatorRights, 'take' | 'give'>
  /** The custom resources, a Secret and a class named `scaleway`, changed as told, and both addresses at the cloud. */
  prepare(change?: object): Promise<void>
  installCrds(): Promise<void>
  /** Creates a Secret with the emulator's credentials, changed as told; a value of undefined is left out. */
  createSecret(name: string, change?: Readonly<Record<string, string | undefined>>): Promise<void>
  replaceSecret(name: string, change?: Readonly<Record<string, string | undefined>>): Promise<void>
  deleteSecret(name: string): Promise<void>
  /** A class that serves everything the scene has, changed as told. */
  createClass(name: string, change?: object, annotations?: Readonly<Record<string, string>>): Promise<void>
  patchClass(name: string, patch: object): Promise<void>
  deleteClass(name: string): Promise<void>
  createFailoverIP(name: string, spec: object): Promise<void>
  patchFailoverIP(name: string, patch: object): Promise<void>
  deleteFailoverIP(name: string): Promise<void>
  status(name: string): Promise<SceneStatus>
  ready(name: string): Promise<SceneCondition | undefined>
  classCondition(name: string, type: string): Promise<SceneCondition | undefined>
  /** Resolves with the status once Ready is so, with this reason if one is given. */
  untilReady(name: string, status?: 'True' | 'False', reason?: string, deadline?: number): Promise<SceneStatus>
  untilGone(name: string): Promise<void>
  /** Name of the node that the cloud routes the unit to; undefined: to none. */
  holder(unit?: string): string | undefined
  kubectl(command: readonly string[], input?: string): Promise<string>
}

export interface SceneOptions {
  readonly kubeconfig: string
  /** Names the namespaces and the folder of logs. */
  readonly name: string
  readonly servers: readonly SceneServer[]
  /** Whose operator it starts; the scene's own cloud is Scaleway's. Default: `scaleway`. */
  readonly provider?: string
}

const group = '/apis/failover-ip.dev/v1alpha1'

/** Makes the cloud and the namespaces. Custom resources, Secrets and operators come when a suite asks for them. */
export async function createFailoverScene(options: SceneOptions): Promise<FailoverScene> {
  const { kubeconfig, name, servers, provider = 'scaleway' } = options
  const api = createApiClient(kubeconfig)
  const suffix = randomBytes(3).toString('hex')
  const namespace = `${name}-${suffix}`
  const operatorNamespace = `${name}-operator-${suffix}`
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-scene-'))
  const guard = startGuard(folder)
  const cloud = createScalewayEmulator({ clock: systemClock(), latencyMs: 100, readLagSeconds: 0.5 })
  for (const { serverID: id, name: of, zone } of servers) cloud.addServer({ id, name: of, zone })
  const served = await serveEmulator(cloud.handle)
  const replicas: OperatorProcess[] = []
  for (const each of [namespace, operatorNamespace])
    await api.create('/api/v1/namespaces', { metadata: { name: each } })

  const rights = await grantOperatorRights(api, kubeconfig, operatorNamespace, folder)

  const failoverIPs = `${group}/namespaces/${namespace}/failoverips`
  const classes = `${group}/failoveripclasses`
  const secrets = `/api/v1/namespaces/${operatorNamespace}/secrets`
  const secretOf = (of: string, change: Readonly<Record<string, string | undefined>> = {}): object => {
    const { accessKey, secretKey, project } = cloud.account
    const values = { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project }
    return { metadata: { name: of }, stringData: { ...values, ...change } }
  }
  const status: FailoverScene['status'] = async (of) => (await api.get(`${failoverIPs}/${of}`, failoverIPShape)).status
  const ready: FailoverScene['ready'] = async (of) => (await status(of)).conditions.find(({ type }) => type === 'Ready')

  const createSecret: FailoverScene['createSecret'] = async (of, change) =>
    void (await api.create(secrets, secretOf(of, change)))
  const createClass: FailoverScene['createClass'] = async (of, change = {}, annotations = {}) => {
    const spec = {
      controllerName: 'failover-ip.dev/scaleway',
      credentialsSecretRef: { name: 'scaleway' },
      parameters: { apiUrl: served.url, zones: [...new Set(servers.map(({ zone }) => zone))] },
      addresses: ['51.15.129.0/24', '2001:bc8:710::/48'],
      ...change,
    }
    await api.create(classes, object('FailoverIPClass', { name: of, annotations }, spec))
  }

  return {
    api,
    cloud,
    namespace,
    operatorNamespace,
    operatorKubeconfig: rights.kubeconfig,
    start: async (of, flags = []) => {
      const logFolder = join(reportsFolder, 'operator-logs', name)
      const own = { name: of, kubeconfig: rights.kubeconfig, namespace: operatorNamespace }
      const replica = await startOperator({ ...own, folder, logFolder, provider, flags })
      replicas.push(replica)
      return replica
    },
    rights,
    prepare: async (change) => {
      for (const unit of [unitV4, unitV6]) cloud.addIp({ unit })
      await installCrds(api)
      await createSecret('scaleway')
      await createClass('scaleway', change)
    },
    installCrds: async () => await installCrds(api),
    createSecret,
    replaceSecret: async (of, change) => void (await api.replace(`${secrets}/${of}`, secretOf(of, change))),
    deleteSecret: async (of) => void (await api.delete(`${secrets}/${of}`)),
    createClass,
    patchClass: async (of, patch) => void (await api.merge(`${classes}/${of}`, patch)),
    deleteClass: async (of) => void (await api.delete(`${classes}/${of}`)),
    createFailoverIP: async (of, spec) => {
      await api.create(failoverIPs, object('FailoverIP', { name: of }, spec))
    },
    patchFailoverIP: async (of, patch) => void (await api.merge(`${failoverIPs}/${of}`, patch)),
    deleteFailoverIP: async (of) => void (await api.delete(`${failoverIPs}/${of}`)),
    status,
    ready,
    classCondition: async (of, type) => {
      const { status: read } = await api.get(`${classes}/${of}`, classShape)
      return read.conditions.find((each) => each.type === type)
    },
    untilReady: async (of, wanted = 'True', reason, deadline = 45_000) => {
      await until(
        `${of} to be Ready=${wanted} ${reason ?? ''}`,
        async () => {
          const seen = await ready(of)
          if (seen?.status === wanted && (reason === undefined || seen.reason === reason)) return true
          throw new Error(JSON.stringify(seen ?? 'no Ready'))
        },
        { deadline, interval: 100 },
      )
      return await status(of)
    },
    untilGone: async (of) => await untilMissing(api, `${failoverIPs}/${of}`),
    holder: (unit = unitV4) => {
      const server = cloud.attachment(unit)?.server
      return servers.find(({ serverID }) => serverID === server)?.name
    },
    kubectl: async (command, input) => {
      const all = ['kubectl', `--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, ...command] as const
      return await run(all, input === undefined ? {} : { input })
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(replicas.map(async (replica) => await replica.kill()))
      await rights.remove()
      // Where no controller empties namespaces it would stay, and look like an operator that runs.
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases`
      await api.delete(`${leases}/failover-ip-${provider}`).catch(ifMissing(undefined))
      await removeCrds(api)
      for (const each of [namespace, operatorNamespace])
        await api.delete(`/api/v1/namespaces/${each}`).catch(ifMissing(undefined))
      await served.close()
      await guard.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function object(kind: string, metadata: object, spec: object): object {
  return { apiVersion: 'failover-ip.dev/v1alpha1', kind, metadata, spec }
}
