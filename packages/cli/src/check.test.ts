import type { KubernetesResponse, KubernetesTransport, ResourceType } from '@failover-ip/kubernetes'
import { failoverIPResource, leaseResource } from '@failover-ip/kubernetes'
import {
  classObject,
  failoverIPObject,
  namespace,
  operatorNamespace,
} from '@failover-ip/local-cluster/operator-cluster'
import { afterEach, expect, it } from 'vitest'
import type { CheckRequest } from './check.ts'
import { podResource } from './cluster/pod-resource.ts'
import type { CheckReport } from './report/finding.ts'
import { renderReport } from './report/render-report.ts'
import { address, createCheckedCluster, findingsOf, unit, type CheckedCluster } from './testing/checked-cluster.ts'

const { signal } = new AbortController()
const ownLease = { namespace: operatorNamespace, name: 'failover-ip-scaleway' }
const wrongKey = '90000000-0000-4000-8000-0000000000ff'
const serviceResource: ResourceType = { ...podResource, kind: 'Service', plural: 'services' }

let cluster: CheckedCluster
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

it('says of a cluster on which all is well that it is, and changes nothing', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  const before = cluster.cloud.mutations().length
  const report = await cluster.check()
  expect(report.ok).toBe(true)
  expect(report.sections.flatMap(({ findings }) => findings.map(({ verdict }) => verdict))).not.toContain('FAIL')
  expect(renderReport(report)).toMatch(
    new RegExp(
      [
        String.raw`^operator     ok    failover-ip-operator-scaleway-0_[0-9a-f]{8} leads by the Lease failover-ip/failover-ip-scaleway`,
        'class        ok    accepted; failover-ip.dev/scaleway may touch 51.15.129.0/24',
        'credentials  ok    scaleway takes them for reading; the operator works with them',
        'address      ok    51.15.129.35: 51.15.129.35/32, fr-par-1, attached to node-\\d',
        'nodes        ok    3/3 matched to servers, 3/3 in fr-par-1',
        'nodes        ok    3/3 Ready',
        'agents       ok    3/3 Ready nodes have one that runs',
        'probe path   ok    3/3 nodes answer probes on udp/7476',
        'ready        ok    Serving: On node-\\d\\.',
        'configured   ok    Carried by node-\\d\\.',
      ].join('\n'),
      'u',
    ),
  )
  expect(cluster.cloud.mutations()).toHaveLength(before)
  const writes = cluster.requests.filter((request) => !request.startsWith('GET '))
  expect(writes.filter((request) => !request.endsWith('accessreviews'))).toEqual([])
})

it('looks before there is a FailoverIP and before an operator runs', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  cluster.cloud.moveByHand(unit, cluster.cloud.snapshot().servers[1]?.id ?? '')
  cluster.cloud.addIp({ unit: '51.15.129.36/32' })
  const { sections } = await cluster.check({ addresses: [address, '51.15.129.36', '51.15.129.37', '192.0.2.1'] })
  const addresses = findingsOf({ ok: false, sections }, 'address')
  expect(addresses.map(({ verdict, message }) => `${verdict} ${message}`)).toEqual([
    'ok 51.15.129.35: 51.15.129.35/32, fr-par-1, attached to node-2 (will be adopted, no move)',
    'ok 51.15.129.36: 51.15.129.36/32, fr-par-1, attached to no server (will be assigned)',
    expect.stringMatching(/^FAIL 51\.15\.129\.37: the account has no 51\.15\.129\.37\/32/u),
    'FAIL 192.0.2.1: No FailoverIPClass lists it: add it to the spec.addresses of one.',
  ])
  expect(findingsOf({ ok: false, sections }, 'operator')[0]?.message).toContain(
    'No operator for failover-ip.dev/scaleway runs',
  )
})

it('finds wrong credentials, and prints none [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install({ secret: { SCW_SECRET_KEY: wrongKey } })
  const report = await cluster.check()
  expect(report.ok).toBe(false)
  const [finding] = findingsOf(report, 'credentials')
  expect(finding).toMatchObject({
    verdict: 'FAIL',
    message: expect.stringContaining('Put a valid API key into the Secret'),
  })
  expect(JSON.stringify(report)).not.toContain(wrongKey)
})

it('finds a Secret without a key, and a Secret that is not there', async () => {
  cluster = await createCheckedCluster()
  await cluster.install({ spec: { credentialsSecretRef: { name: 'none' } } })
  const [absent] = findingsOf(await cluster.check(), 'class')
  expect(absent).toMatchObject({
    verdict: 'FAIL',
    message: expect.stringContaining('There is no Secret failover-ip/none'),
  })
})

it('finds that the credentials lack the right to change, once the operator was refused [A77]', async () => {
  cluster = await createCheckedCluster()
  cluster.cloud.setAccount({ access: 'readOnly' })
  await cluster.install()
  cluster.start()
  await cluster.until(async () => (await cluster.classCondition('CredentialsValid'))?.status === 'False')
  const [finding] = findingsOf(await cluster.check(), 'credentials')
  expect(finding).toMatchObject({ verdict: 'FAIL', message: expect.stringContaining('InstancesFullAccess') })
})

it('finds a right that the service account of the operator lacks [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  const lease = await cluster.client.get(leaseResource, ownLease, { signal })
  const name = /"holderIdentity":"([^"]+)_[0-9a-f]{8}"/u.exec(JSON.stringify(lease))?.[1] ?? ''
  const pod = {
    metadata: { namespace: operatorNamespace, name },
    spec: { serviceAccountName: 'operator', containers: [{ args: ['--probe-port=7000'] }] },
  }
  await cluster.client.create(podResource, pod, { signal })

  const well = await cluster.check({}, { transport: reviewing(cluster.api.transport, () => true) })
  expect(findingsOf(well, 'rights')).toMatchObject([{ verdict: 'ok' }])
  expect(findingsOf(well, 'probe path')).toMatchObject([{ message: '3/3 nodes answer probes on udp/7000' }])
  const asked: unknown[] = []
  const transport = reviewing(cluster.api.transport, (spec) => {
    asked.push(spec)
    return !JSON.stringify(spec).includes('"list","group":"","resource":"nodes"')
  })
  const [finding] = findingsOf(await cluster.check({}, { transport }), 'rights')
  expect(finding).toMatchObject({
    verdict: 'FAIL',
    message: expect.stringContaining('The service account failover-ip/operator may not list nodes: give it the roles'),
  })
  // Roles may name the one Lease that is renewed; a name cannot be asked of what is created.
  const ofLease = { group: 'coordination.k8s.io', resource: 'leases', namespace: operatorNamespace }
  const attributes = asked.map((spec) => (spec as { readonly resourceAttributes: unknown }).resourceAttributes)
  expect(attributes).toContainEqual({ verb: 'update', ...ofLease, name: ownLease.name })
  expect(attributes).toContainEqual({ verb: 'create', ...ofLease })
  expect(asked).toContainEqual(expect.objectContaining({ user: 'system:serviceaccount:failover-ip:operator' }))
})

it('finds that no node is in the zone of the address [A77]', async () => {
  cluster = await createCheckedCluster(['nl-ams-1', 'nl-ams-1'])
  await cluster.install()
  const [finding] = findingsOf(await cluster.check(), 'nodes')
  expect(finding).toMatchObject({
    verdict: 'FAIL',
    message: expect.stringContaining(
      'No node is in fr-par-1, the only zone that the addresses can go to: node-1 is in nl-ams-1',
    ),
  })
})

it('finds a holder outside the cluster, and says what becomes of it [A77]', async () => {
  cluster = await createCheckedCluster()
  const stranger = cluster.cloud.addServer({ name: 'stranger', zone: 'fr-par-1' })
  cluster.cloud.moveByHand(unit, stranger.id)
  await cluster.install()
  const [refused] = findingsOf(await cluster.check(), 'address')
  expect(refused).toMatchObject({
    verdict: 'FAIL',
    message: expect.stringContaining(`${stranger.id}, which is no node of this cluster`),
  })
  await cluster.apply('FailoverIP', failoverIPObject('web', [address], { foreignHolder: 'TakeOver' }))
  const [taken] = findingsOf(await cluster.check(), 'address')
  expect(taken).toMatchObject({ verdict: 'warn', message: expect.stringContaining('it will be taken') })
})

it('finds a node that no server belongs to [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  cluster.cloud.removeServer(cluster.cloud.snapshot().servers[2]?.id ?? '')
  const findings = findingsOf(await cluster.check(), 'nodes')
  expect(findings).toMatchObject([
    { verdict: 'FAIL', message: expect.stringMatching(/^node-3: .+label it failover-ip\.dev\/exclude\.$/u) },
    { verdict: 'ok', message: '3/3 Ready' },
  ])
})

it('finds a node that never answered a probe, and one without an agent [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.agentSays('node-2', 'False', 'No operator was heard.')
  const [blocked] = findingsOf(await cluster.check(), 'probe path')
  expect(blocked).toMatchObject({
    verdict: 'FAIL',
    message:
      'node-2: udp/7476 never answered an operator (its agent: No operator was heard). Open it between nodes; until then a death there is seen in 25 to 45 s.',
  })
  cluster.nodes.powerOff('node-3')
  cluster.nodes.powerOn('node-3')
  await cluster.clock.advance(30_000)
  expect(findingsOf(await cluster.check(), 'probe path').map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^node-3: no agent has reported since the boot/u),
  )
})

it('finds a node without power, and counts nothing that it said before [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  cluster.nodes.powerOff('node-3')
  await cluster.clock.advance(100_000)
  const report = await cluster.check()
  expect(findingsOf(report, 'nodes')).toMatchObject([
    { verdict: 'ok' },
    { verdict: 'FAIL', message: expect.stringContaining('node-3: not Ready, 2/3 Ready: no address goes there.') },
  ])
  expect(findingsOf(report, 'agents')).toMatchObject([{ verdict: 'ok', message: expect.stringContaining('2/2') }])
  expect(findingsOf(report, 'probe path')).toMatchObject([{ message: '2/2 nodes answer probes on udp/7476' }])
  await cluster.nodes.cordon('node-3')
  expect(findingsOf(await cluster.check(), 'nodes')[1]).toMatchObject({ verdict: 'warn' })
})

it('finds that the node does not carry the address [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  const name = { namespace, name: 'web' }
  const say = async (status: string, reason: string): Promise<CheckReport> => {
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    const told = { type: 'Configured', status, reason, message: 'node-1 does not carry it.', lastTransitionTime }
    const body = { status: { conditions: [told] } }
    await cluster.client.patch(failoverIPResource, name, { type: 'merge', subresource: 'status', body }, { signal })
    return await cluster.check()
  }
  const report = await say('False', 'NotCarried')
  expect(findingsOf(report, 'configured')).toEqual([
    { subject: 'configured', verdict: 'FAIL', message: 'NotCarried: node-1 does not carry it.' },
  ])
  expect(findingsOf(await say('False', 'AgentSilent'), 'configured')).toMatchObject([{ verdict: 'FAIL' }])
  expect(findingsOf(await say('False', 'Configuring'), 'configured')).toMatchObject([{ verdict: 'warn' }])
  expect(findingsOf(await say('Unknown', 'NoAgent'), 'configured')).toMatchObject([{ verdict: 'warn' }])
})

it('finds agents that do not run any more, whatever they said last [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  const { node = '' } = await cluster.status()
  const others = ['node-1', 'node-2', 'node-3'].filter((each) => each !== node)
  await cluster.agentRuns(node, 'CrashLoopBackOff')
  await cluster.agentRuns(others[0] ?? '', 'absent')
  const some = await cluster.check()
  expect(findingsOf(some, 'agents').map(({ verdict, message }) => `${verdict} ${message}`)).toEqual([
    expect.stringContaining(`FAIL ${node}: failover-ip/failover-ip-agent-${node} is not Ready (CrashLoopBackOff).`),
    expect.stringContaining(`FAIL ${others[0] ?? ''}: no agent runs there.`),
  ])
  expect(findingsOf(some, 'probe path')).toMatchObject([{ message: '1/1 nodes answer probes on udp/7476' }])
  expect(findingsOf(some, 'configured')).toMatchObject([
    { verdict: 'warn', message: expect.stringContaining(`the last word of the agent of ${node}`) },
  ])
  for (const each of [node, ...others]) await cluster.agentRuns(each, 'absent')
  const none = await cluster.check()
  expect(findingsOf(none, 'agents')).toMatchObject([
    { verdict: 'warn', message: expect.stringMatching(/^No agent runs \(.+in 25 to 45 s\./u) },
  ])
  expect(findingsOf(none, 'probe path')).toMatchObject([{ verdict: 'skip' }])
})

it('tells agents that wait for their node from none at all, and asks for none where no node is Ready', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  for (const node of ['node-1', 'node-2', 'node-3']) await cluster.agentRuns(node, 'Pending')
  expect(findingsOf(await cluster.check(), 'agents')).toMatchObject([
    { verdict: 'FAIL', message: expect.stringMatching(/^node-1, node-2, node-3: no agent runs there\. /u) },
  ])
  for (const node of ['node-1', 'node-2', 'node-3']) cluster.nodes.powerOff(node)
  await cluster.clock.advance(100_000)
  expect(findingsOf(await cluster.check(), 'agents')).toEqual([
    { subject: 'agents', verdict: 'skip', message: 'no node is Ready that could run one' },
  ])
})

it('says that it cannot tell whether agents run, where Pods may not be read', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  const { transport } = cluster.api
  const forbidding: KubernetesTransport = {
    request: async (request) => {
      if (!request.path.startsWith('/api/v1/pods')) return transport.request(request)
      return answered(403, { kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 })
    },
  }
  const report = await cluster.check({}, { transport: forbidding })
  expect(findingsOf(report, 'agents')).toMatchObject([
    { verdict: 'skip', message: 'Whether they run now is not known: You may not read Pods (no).' },
  ])
  expect(findingsOf(report, 'probe path')).toMatchObject([{ message: '3/3 nodes answer probes on udp/7476' }])
})

it('says that there is no FailoverIP in the namespace', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  const said = async (request: CheckRequest) => findingsOf(await cluster.check(request), 'ready')[0]
  expect(await said({ namespace: 'ingres' })).toEqual({
    subject: 'ready',
    verdict: 'warn',
    message: 'There is no FailoverIP in the namespace ingres: is the name right?',
  })
  expect(await said({ namespace })).toMatchObject({ message: 'No operator has looked at it yet.' })
  await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
  expect(await said({})).toMatchObject({ verdict: 'warn', message: 'There is no FailoverIP yet.' })
  expect(await said({ addresses: [address] })).toBeUndefined()
})

it('prints what the README shows', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  cluster.cloud.moveByHand(unit, cluster.cloud.snapshot().servers[0]?.id ?? '')
  await cluster.serve()
  await cluster.agentSays('node-2', 'False', 'No operator was heard.')
  const printed = renderReport(await cluster.check({ addresses: [address] }))
  await expect(printed.replace(/_[0-9a-f]{8}/u, '_3baf6a00')).toMatchFileSnapshot('testing/report.txt')
})

it('finds a second operator for the same class [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  await cluster.apply('Namespace', { metadata: { name: 'elsewhere' } })
  const mine = await cluster.client.get(leaseResource, ownLease, { signal })
  const spec = { ...(mine['spec'] as object), holderIdentity: 'other-7d5f_00c0ffee' }
  const metadata = { namespace: 'elsewhere', name: 'failover-ip-scaleway' }
  await cluster.client.create(leaseResource, { metadata, spec }, { signal })
  const [finding] = findingsOf(await cluster.check(), 'operator')
  expect(finding?.verdict).toBe('FAIL')
  expect(finding?.message).toMatch(
    /Several operators serve failover-ip\.dev\/scaleway, .*elsewhere\/failover-ip-scaleway \(other-7d5f_00c0ffee\)/u,
  )
  // One that is gone leaves its Lease behind.
  await cluster.clock.advance(90_000)
  expect(findingsOf(await cluster.check(), 'operator')).toMatchObject([{ verdict: 'ok' }])
})

it('finds another controller that writes the ingress of the Service [A77]', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.apply('FailoverIP', failoverIPObject('web', [address], { serviceRef: { name: 'traefik' } }))
  expect(findingsOf(await cluster.check(), 'service')).toMatchObject([
    { verdict: 'FAIL', message: expect.stringContaining('There is no Service traefik') },
  ])
  const metadata = { namespace, name: 'traefik' }
  const service = await cluster.client.create(serviceResource, { metadata, spec: { type: 'LoadBalancer' } }, { signal })
  expect(findingsOf(await cluster.check(), 'service')).toMatchObject([{ verdict: 'ok' }])
  const status = { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } }
  await cluster.client.updateStatus(serviceResource, { ...service, status }, { signal })
  expect(findingsOf(await cluster.check(), 'service')).toMatchObject([
    {
      verdict: 'FAIL',
      message: expect.stringContaining('has written 10.0.0.1 into the ingress of the Service traefik'),
    },
  ])
})

it('says of a provider that it does not know what the operator says', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  const spec = { controllerName: 'example.com/acme', addresses: ['203.0.113.7'] }
  await cluster.apply('FailoverIPClass', classObject('scaleway', spec, 'acme'))
  await cluster.apply('FailoverIP', failoverIPObject('other', ['203.0.113.7'], { className: 'acme' }))
  const report = await cluster.check({ addresses: ['203.0.113.7'] })
  expect(findingsOf(report, 'credentials')).toMatchObject([
    { verdict: 'skip', message: expect.stringContaining('name its package by --provider-package') },
  ])
  expect(findingsOf(report, 'address')).toMatchObject([{ verdict: 'skip' }])
  expect(findingsOf(report, 'ready')).toMatchObject([{ verdict: 'warn', message: 'No operator has looked at it yet.' }])
})

it('counts default classes as the operator does, also one that nobody serves', async () => {
  cluster = await createCheckedCluster()
  await cluster.install()
  await cluster.serve()
  const spec = { controllerName: 'example.com/acme', addresses: ['203.0.113.7'] }
  const metadata = { name: 'acme', annotations: { 'failover-ip.dev/is-default-class': 'true' } }
  await cluster.apply('FailoverIPClass', { ...classObject('scaleway', spec, 'acme'), metadata })
  await cluster.apply('FailoverIP', failoverIPObject('new', ['51.15.129.36']))
  const reasonOf = async (name: string) => (await cluster.condition('Ready', name))?.reason
  for (const name of ['web', 'new']) await cluster.until(async () => (await reasonOf(name)) === 'SeveralDefaultClasses')
  const served = await cluster.check({ addresses: [address] })
  expect(served.ok).toBe(true)
  expect(findingsOf(served, 'ready')).toMatchObject([
    { verdict: 'warn', message: expect.stringContaining('Until then it stays with the class scaleway.') },
  ])
  const unserved = await cluster.check({ addresses: ['51.15.129.36'] })
  expect(findingsOf(unserved, 'address')).toMatchObject([
    { verdict: 'FAIL', message: expect.stringContaining('several classes are the default (acme, scaleway)') },
  ])
})

/** An API server that answers reviews as told. */
function reviewing(transport: KubernetesTransport, allows: (spec: unknown) => boolean): KubernetesTransport {
  return {
    request: async (request) => {
      if (!request.path.endsWith('accessreviews')) return transport.request(request)
      const { spec } = JSON.parse(request.body ?? '') as { readonly spec: unknown }
      return answered(201, { status: { allowed: allows(spec) } })
    },
  }
}

function answered(status: number, body: object): KubernetesResponse {
  const chunk = new TextEncoder().encode(JSON.stringify(body))
  const chunks = (async function* () {
    yield chunk
  })()
  return { status, headers: new Map(), body: chunks }
}
