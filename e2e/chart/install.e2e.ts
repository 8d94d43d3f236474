import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { startCloudOnBridge, type CloudOnBridge } from '../harness/cloud-on-bridge.ts'
import { untilMissing } from '../harness/custom-resources.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import { writeTokenKubeconfig } from '../harness/token-kubeconfig.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'
import { followRemovals } from './address-removals.ts'
import { processesOf } from './container-processes.ts'
import { chartFolder } from './helm.ts'
import { installChart, releaseNamespace, type InstalledChart } from './install-chart.ts'
import { failoverIPs, viewInstalled } from './installed-view.ts'
import { distributeProbeKey, watchProbesGoOn } from './probe-key.ts'
import { grantedRights, usedRights } from './rights.ts'

const cluster = clusterUnderTest()
const api = createApiClient(cluster.kubeconfig)
const v4 = '51.15.129.35'
const v6 = '2001:bc8:710:3c3b::1'
const unitV4 = `${v4}/32`
const unitV6 = '2001:bc8:710:3c3b::/64'
const classes = '/apis/failover-ip.dev/v1alpha1/failoveripclasses'
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const { readFailoverIP, untilReady, podsOf, allPodsReady, readCredentialsValid, readProbeKey, carries, untilCarried } =
  viewInstalled(cluster)

/** All that a user writes for one address: what `addresses` of the class says besides goes with the Helm command. */
const yamlOfTheUser = (credentials: Readonly<Record<string, string>>): string => `\
apiVersion: v1
kind: Secret
metadata: { name: scaleway, namespace: failover-ip }
stringData: ${JSON.stringify(credentials)}
---
apiVersion: failover-ip.dev/v1alpha1
kind: FailoverIP
metadata: { name: web, namespace: default }
spec: { addresses: [${v4}] }
`

/** Of the operators' pods and the agents', those that are ending included. */
const podUids = async (): Promise<readonly string[]> =>
  [...(await podsOf('operator-scaleway')), ...(await podsOf('agent'))].map(({ metadata }) => metadata.uid)
const untilReplaced = async (pods: readonly string[]): Promise<void> => {
  const replaced = async () => (await allPodsReady()) && (await podUids()).every((uid) => !pods.includes(uid))
  await until('all pods to be replaced', replaced, { deadline: 110_000 })
}

describe('the chart on three nodes', () => {
  let scene: CloudOnBridge
  let chart: InstalledChart
  let values: object

  beforeAll(async () => {
    scene = await startCloudOnBridge('scaleway', cluster.nodes, [unitV4, unitV6])
    const { parameters } = scene
    const addresses = [v4, unitV6]
    values = { operators: { scaleway: { enabled: true, credentialsSecret: 'scaleway', addresses, parameters } } }
    const start = performance.now()
    chart = await installChart({ cluster, values })
    await recordMeasurement('chart: from helm install to all pods ready', secondsSince(start))
  })
  afterAll(async () => {
    await api.delete('/api/v1/namespaces/default/services/front').catch(() => undefined)
    await chart?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  it('serves an address for one Secret, one Helm command and one object, in at most twelve lines [A0] [A70]', async () => {
    const yaml = yamlOfTheUser(scene.credentials)
    expect(yaml.trim().split('\n').length).toBeLessThanOrEqual(12)
    const start = performance.now()
    await cluster.kubectl(['apply', '-f', '-'], { input: yaml })
    const { node = '' } = await untilReady('web')
    await recordMeasurement('chart: from kubectl apply of Secret and FailoverIP to Ready', secondsSince(start))
    expect(scene.holder(unitV4)).toBe(node)
    await untilCarried(node, v4)
  })

  it('leaves every field but the addresses to its default, which kubectl explain shows [A0]', async () => {
    const explained = await cluster.kubectl(['explain', 'failoverip.spec'])
    const fields = explained
      .slice(explained.indexOf('FIELDS:'))
      .split(/\n(?= {2}\S+\t)/)
      .slice(1)
    expect(fields.length).toBeGreaterThan(8)
    for (const field of fields) {
      const isAddresses = field.startsWith('  addresses\t')
      expect(field).toMatch(isAddresses ? /-required-.*Required\./s : /Default:/)
      if (!isAddresses) expect(field).not.toContain('-required-')
    }
  })

  it('runs operators without any capability and agents with two, all on read-only roots', async () => {
    const seen = { operator: 0, agent: 0 }
    for (const { name } of cluster.nodes) {
      for (const process of await processesOf(cluster, name, '/failover-ip/operator.mjs')) {
        seen.operator++
        expect(process).toEqual({
          uid: 65_532,
          effective: 0n,
          bounding: 0n,
          mayGainPrivileges: false,
          filtered: true,
          rootIsReadOnly: true,
        })
      }
      for (const process of await processesOf(cluster, name, '/failover-ip/agent.mjs')) {
        seen.agent++
        const netAdminAndRaw = (1n << 12n) | (1n << 13n)
        expect(process).toEqual({
          uid: 0,
          effective: netAdminAndRaw,
          bounding: netAdminAndRaw,
          mayGainPrivileges: false,
          filtered: true,
          rootIsReadOnly: true,
        })
      }
    }
    expect(seen).toEqual({ operator: 2, agent: 3 })
  })

  it('has its two operators on two nodes', async () => {
    const pods = await podsOf('operator-scaleway')
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2)
  })

  it('publishes an address on a Service', async () => {
    const spec = {
      type: 'LoadBalancer',
      ipFamilyPolicy: 'PreferDualStack',
      loadBalancerClass: 'failover-ip.dev/scaleway',
      ports: [{ port: 80 }],
      selector: { app: 'none' },
    }
    await api.create('/api/v1/namespaces/default/services', { metadata: { name: 'front' }, spec })
    const fip = { addresses: [v6], serviceRef: { name: 'front' } }
    const kind = { apiVersion: 'failover-ip.dev/v1alpha1', kind: 'FailoverIP' }
    await api.create(failoverIPs, { ...kind, metadata: { name: 'front' }, spec: fip })
    await untilReady('front')
    const ingress = z.object({ ip: z.string() })
    const service = z.object({
      status: z.object({ loadBalancer: z.object({ ingress: z.array(ingress).default([]) }) }),
    })
    await until('the address on the Service', async () => {
      const { status } = await api.get('/api/v1/namespaces/default/services/front', service)
      return status.loadBalancer.ingress.some(({ ip }) => ip === v6)
    })
  })

  it('moves an address from a node that lost power to another one, which carries it', async () => {
    const { node: dead = '' } = await untilReady('web')
    const start = performance.now()
    await cluster.powerOff(dead)
    try {
      const moved = async () => ![undefined, dead].includes(scene.holder(unitV4))
      await until('the address to move', moved, { deadline: 90_000, interval: 20 })
      await recordMeasurement('chart: from the command to cut the power to the address moved', secondsSince(start))
      const { node = '' } = await untilReady('web')
      expect(scene.holder(unitV4)).toBe(node)
      await untilCarried(node, v4)
    } finally {
      await cluster.boot(dead)
    }
    await until('all pods to be ready', allPodsReady, { deadline: 110_000 })
  }, 240_000)

  it('moves it from a node that is cordoned, and takes up credentials that change', async () => {
    const { node = '' } = await untilReady('web')
    await cluster.kubectl(['cordon', node])
    try {
      await until('the address to leave', async () => ![undefined, node].includes(scene.holder(unitV4)))
      await untilReady('web')
    } finally {
      await cluster.kubectl(['uncordon', node])
    }
    const setKey = async (key: string) =>
      await api.merge(`/api/v1/namespaces/${releaseNamespace}/secrets/scaleway`, {
        stringData: { SCW_SECRET_KEY: key },
      })
    const { SCW_SECRET_KEY: good = '' } = scene.credentials
    for (const [key, valid] of [
      ['rotated wrongly', 'False'],
      [good, 'True'],
      ['rotated wrongly', 'False'],
      [good, 'True'],
    ] as const) {
      await setKey(key)
      await until(`CredentialsValid=${valid}`, async () => (await readCredentialsValid()) === valid)
    }
  })

  it('says of an object of a newer version that it does not understand it, and serves the others', async () => {
    const schema = '/spec/versions/0/schema/openAPIV3Schema/properties'
    const newerValues = [
      { path: `${schema}/spec/properties/deletionPolicy/enum/-`, value: 'Lend' },
      {
        path: `${schema}/status/properties/addresses/items/properties/operation/properties/kind/enum/-`,
        value: 'lend',
      },
    ]
    const patch = JSON.stringify(newerValues.map((each) => ({ op: 'add', ...each })))
    await cluster.kubectl(['patch', 'crd', 'failoverips.failover-ip.dev', '--type=json', `--patch=${patch}`])
    const address = '51.15.129.99'
    const newer = { apiVersion: 'failover-ip.dev/v1alpha1', kind: 'FailoverIP', metadata: { name: 'newer' } }
    const spec = { addresses: [address], deletionPolicy: 'Lend' }
    await until('the newer definition', async () => await api.create(failoverIPs, { ...newer, spec }).then(() => true))
    const untilNotReady = async (reason: string) =>
      await until(`newer to be not Ready for ${reason}`, async () => {
        const { conditions } = (await readFailoverIP('newer')).status
        if (conditions.some((each) => each.type === 'Ready' && each.status === 'False' && each.reason === reason))
          return true
        throw new Error(JSON.stringify(conditions))
      })
    await untilNotReady('InvalidSpec')
    await api.merge(`${failoverIPs}/newer`, { spec: { deletionPolicy: 'Retain' } })
    await untilNotReady('AddressNotAllowed')
    const startedAt = new Date().toISOString()
    const operation = { id: '1', kind: 'lend', epoch: 1, reason: 'Lent', startedAt, callTimeoutSeconds: 1 }
    const status = { addresses: [{ address, unit: `${address}/32`, epoch: 1, operation }] }
    await api.merge(`${failoverIPs}/newer/status`, { status })
    await untilNotReady('InvalidStatus')
    await untilReady('web')
    await api.merge(`${failoverIPs}/newer`, { metadata: { finalizers: null } })
    await api.delete(`${failoverIPs}/newer`)
  })

  it('moves it without agents too, by what Kubernetes knows of nodes, and leaves it on the interface', async () => {
    const { node: dead = '' } = await untilReady('web')
    const other = cluster.nodes.map(({ name }) => name).find((name) => name !== dead) ?? ''
    await chart.upgrade({ ...values, agent: { enabled: false } })
    await until('the agents to end', async () => (await podsOf('agent')).length === 0)
    expect(await carries(dead, v4)).toBe(true)
    await until('its Lease', async () => await api.get(`${leases}/${other}`, z.object({ kind: z.string() })))
    await cluster.powerOff(dead)
    const start = performance.now()
    try {
      const moved = async () => ![undefined, dead].includes(scene.holder(unitV4))
      await until('the address to move', moved, { deadline: 100_000, interval: 50 })
      await recordMeasurement('chart: without agents, from power loss to the address moved', secondsSince(start))
      await untilReady('web')
    } finally {
      await cluster.boot(dead)
    }
    const failoverNode = `/apis/failover-ip.dev/v1alpha1/failovernodes/${other}`
    await api.merge(failoverNode, { metadata: { ownerReferences: null } })
    await chart.upgrade(values)
    await until('all pods to be ready', allPodsReady, { deadline: 110_000 })
    const { node = '' } = await untilReady('web')
    await untilCarried(node, v4)
    const owned = z.object({ metadata: z.object({ ownerReferences: z.array(z.object({ name: z.string() })) }) })
    await until('the object of a node to be owned by it again', async () => {
      const { metadata } = await api.get(failoverNode, owned)
      return metadata.ownerReferences.some(({ name }) => name === other)
    })
  }, 300_000)

  it('is upgraded and rolled back without a move, and without the address leaving its node for a moment [A70]', async () => {
    const { node = '', moves } = await untilReady('web')
    await untilCarried(node, v4)
    const changes = scene.changes()
    await using removals = await followRemovals(cluster, node)
    const key = await readProbeKey()
    const installed = await podUids()
    await chart.upgrade({ ...values, podAnnotations: { upgraded: 'true' } })
    await untilReplaced(installed)
    const upgraded = await podUids()
    await chart.rollBack()
    await untilReplaced(upgraded)
    expect(await readProbeKey()).toBe(key)
    const after = await untilReady('web')
    expect(after).toMatchObject({ node, moves })
    expect(scene.changes()).toBe(changes)
    expect(await carries(node, v4)).toBe(true)
    expect(await removals.seen()).not.toContain(v4)
  }, 240_000)

  it('goes on probing while the key of the probes is rotated, without a restart', async () => {
    const { node, moves } = await untilReady('web')
    const pods = [...(await podsOf('operator-scaleway')), ...(await podsOf('agent'))]
    const uids = await podUids()
    const [old, next] = [await readProbeKey(), randomBytes(32).toString('base64')]
    await until('the probes to go on', async () => await watchProbesGoOn(cluster, api).then(() => true), {
      deadline: 60_000,
    })
    for (const data of [
      { current: old, other: next },
      { current: next, other: old },
      { current: next, other: null },
    ]) {
      await distributeProbeKey({ cluster, api }, data, pods)
      await watchProbesGoOn(cluster, api)
    }
    expect(await untilReady('web')).toMatchObject({ node, moves })
    expect(await podUids()).toEqual(uids)
  }, 400_000)

  it('has its definitions upgraded by one command', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/failoverips.failover-ip.dev'
    const shape = z.object({ spec: z.object({ names: z.object({ shortNames: z.array(z.string()).default([]) }) }) })
    await api.merge(path, { spec: { names: { shortNames: ['older'] } } })
    await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', `${chartFolder}/crds`])
    expect((await api.get(path, shape)).spec.names.shortNames).toEqual(['fip'])
    await untilReady('web')
  })

  it('releases an address whose object is deleted, and keeps it where it is', async () => {
    const holder = scene.holder(unitV6)
    expect(holder).toBeDefined()
    await api.delete(`${failoverIPs}/front`)
    await untilMissing(api, `${failoverIPs}/front`)
    expect(scene.holder(unitV6)).toBe(holder)
  })

  it('uses each right that it has, and asks for no other [A70]', async () => {
    const { allowed, refused, notAdmitted } = await usedRights()
    for (const account of ['failover-ip-operator-scaleway', 'failover-ip-agent']) {
      const granted = await grantedRights(api, account)
      const missing = [...(refused.get(account) ?? [])]
      const unused = [...granted].filter((right) => allowed.get(account)?.has(right) !== true)
      const barred = [...(notAdmitted.get(account) ?? [])]
      expect({ account, missing, unused, barred }).toEqual({ account, missing: [], unused: [], barred: [] })
    }
  })

  it('keeps an agent from the object of another node [A74]', async () => {
    const [pod] = await podsOf('agent')
    const account = `/api/v1/namespaces/${releaseNamespace}/serviceaccounts/failover-ip-agent`
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: pod?.metadata.name, uid: pod?.metadata.uid }
    const tokenShape = z.object({ status: z.object({ token: z.string() }) })
    const { status } = tokenShape.parse(await api.create(`${account}/token`, { spec: { boundObjectRef } }))
    const folder = await mkdtemp(join(tmpdir(), 'failover-ip-agent-'))
    onTestFinished(async () => await rm(folder, { recursive: true }))
    await writeTokenKubeconfig(join(folder, 'kubeconfig'), cluster.kubeconfig, status.token)
    const asAgent = createApiClient(join(folder, 'kubeconfig'))
    const own = pod?.spec.nodeName ?? ''
    const nodes = '/apis/failover-ip.dev/v1alpha1/failovernodes'
    const change = { metadata: { labels: { tried: 'true' } } }
    await asAgent.merge(`${nodes}/${own}`, change)
    await asAgent.merge(`${nodes}/${own}/status`, change)
    for (const { name } of cluster.nodes.filter((node) => node.name !== own)) {
      for (const path of [`${nodes}/${name}`, `${nodes}/${name}/status`]) {
        await expect(asAgent.merge(path, change), path).rejects.toThrow(`The agent of node ${own} may write`)
      }
    }
  })

  it('leaves addresses at the cloud and on their node when it is uninstalled, and takes up where it was [A60] [A70]', async () => {
    const { node = '', moves } = await untilReady('web')
    const changes = scene.changes()
    await chart.uninstall()
    await until('the agents to end', async () => (await podsOf('agent')).length === 0)
    expect(scene.holder(unitV4)).toBe(node)
    expect(scene.changes()).toBe(changes)
    expect(await carries(node, v4)).toBe(true)
    expect(await api.get(`${classes}/scaleway`, z.object({ kind: z.string() }))).toEqual({ kind: 'FailoverIPClass' })
    await chart.upgrade(values)
    expect(await untilReady('web')).toMatchObject({ node, moves })
    expect(scene.changes()).toBe(changes)
  }, 240_000)

  it('lets a FailoverIP wait whose operator is gone, until its finalizer is taken off by hand [A60]', async () => {
    const holder = scene.holder(unitV4)
    expect(holder).toBeDefined()
    await chart.uninstall()
    await cluster.kubectl(['delete', 'failoverip', 'web', '--wait=false'])
    expect((await readFailoverIP('web')).metadata.deletionTimestamp).toBeDefined()
    await cluster.kubectl(['patch', 'failoverip', 'web', '--type=merge', '--patch={"metadata":{"finalizers":null}}'])
    await untilMissing(api, `${failoverIPs}/web`)
    expect(scene.holder(unitV4)).toBe(holder)
  }, 180_000)
})
