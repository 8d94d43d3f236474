import type { FailoverIPStatus, FailoverNodeStatus } from '@failover-ip/core'
import { eventResource, failoverIPResource, failoverNodeResource, nodeResource } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { failoverIPObject, namespace } from '../operator-cluster/cluster-object.ts'
import { address, createEmbeddedCluster } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
let cluster: EmbeddedCluster
beforeEach(async () => {
  cluster = await createEmbeddedCluster()
  await cluster.install()
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const configured = async (): Promise<string | undefined> => {
  const condition = await cluster.condition('Configured')
  return condition && `${condition.status} ${condition.reason}`
}
const untilConfigured = async (is: string | undefined): Promise<void> =>
  await cluster.until(async () => (await configured()) === is, 20)
const untilReady = async (): Promise<void> =>
  await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True', 20)
const version = async (): Promise<string> =>
  (await cluster.client.get(failoverIPResource, { namespace, name: 'web' }, { signal })).metadata.resourceVersion

/** As an agent would, of the present boot and the present epoch unless said otherwise. */
const report = async (
  node: string,
  change: Partial<NonNullable<FailoverNodeStatus['addresses']>[number]> = {},
  of: Pick<FailoverNodeStatus, 'bootID'> = {},
): Promise<void> => {
  const { addresses: [{ epoch = 0 } = {}] = [] } = await cluster.status()
  const object = await cluster.client.get(nodeResource, { name: node }, { signal })
  const { nodeInfo } = object['status'] as { nodeInfo?: { bootID?: string } }
  const addresses = [{ address, epoch, role: 'holder', carried: true, ...change }]
  const status = { ...(nodeInfo?.bootID === undefined ? {} : { bootID: nodeInfo.bootID }), addresses, ...of }
  const found = await cluster.client.list(failoverNodeResource, { signal })
  if (!found.items.some(({ metadata }) => metadata.name === node))
    await cluster.client.create(failoverNodeResource, { metadata: { name: node } }, { signal })
  const patch = { type: 'merge', subresource: 'status', body: { status } } as const
  await cluster.client.patch(failoverNodeResource, { name: node }, patch, { signal })
}

describe('what nodes have to carry', () => {
  it('is published with the intent of a move, so that its target can prepare', async () => {
    const replica = cluster.start()
    const writes: FailoverIPStatus[] = []
    const note = ({
      method,
      path,
      body,
    }: {
      readonly method: string
      readonly path: string
      readonly body?: unknown
    }) => {
      if (method === 'PUT' && path.endsWith('/failoverips/web/status'))
        writes.push((JSON.parse(String(body)) as { status: FailoverIPStatus }).status)
      return false
    }
    replica.transport.inject({ action: { type: 'refuse' }, matches: note })
    await untilReady()
    const intent = writes.find(({ addresses }) => addresses?.[0]?.operation !== undefined)
    expect(intent?.addresses?.[0]?.nodePlan).toEqual({
      carriedBy: 'Candidates',
      prefixLength: 32,
      device: { rule: 'defaultRoute', family: 'ipv4' },
      scope: 'global',
      routes: [],
      announce: 'none',
    })
    // The move took one more write, and nothing is written while all is well.
    await cluster.clock.advance(10_000)
    const settled = await version()
    await cluster.clock.advance(20_000)
    expect(await version()).toBe(settled)
  })

  it('is said to nobody where nodes are configured by hand', async () => {
    await cluster.apply('FailoverIP', failoverIPObject('web', [address], { nodeConfiguration: 'Manual' }))
    cluster.start()
    await untilReady()
    expect((await cluster.status()).addresses?.[0]).not.toHaveProperty('nodePlan')
    expect(await configured()).toBeUndefined()
    await cluster.apply('FailoverIP', failoverIPObject('web', [address]))
    await untilConfigured('Unknown NoAgent')
    expect((await cluster.status()).addresses?.[0]).toHaveProperty('nodePlan')
  })

  it('is said to nobody in a dry run', async () => {
    await cluster.apply('FailoverIP', failoverIPObject('web', [address], { nodeConfiguration: 'Manual' }))
    const first = cluster.start()
    await untilReady()
    await first.stop()
    await cluster.apply('FailoverIP', failoverIPObject('web', [address]))
    cluster.start({ dryRun: true })
    await untilConfigured('Unknown DryRun')
    const { addresses: [record] = [] } = await cluster.status()
    expect([record?.node === undefined, record?.nodePlan]).toEqual([false, undefined])
  })
})

describe('Configured', () => {
  it('is what the agent of the holder answers to the present state, and a phase of the move', async () => {
    const replica = cluster.start()
    await untilReady()
    await untilConfigured('Unknown NoAgent')
    const { node: first = '' } = await cluster.status()
    await report(first, {}, { bootID: 'an earlier one' })
    await untilConfigured('Unknown ReportOutdated')
    await report(first, { epoch: 1 })
    await untilConfigured('False Configuring')
    await cluster.until(async () => (await configured()) === 'False AgentSilent', 40)
    await report(first, { carried: false, reason: 'DeviceNotFound', message: 'No interface fits.' })
    await untilConfigured('False NotCarried')
    expect((await cluster.condition('Configured'))?.message).toContain('DeviceNotFound: No interface fits.')
    expect((await cluster.condition('Ready'))?.status).toBe('True')
    await report(first)
    await untilConfigured('True Configured')
    await cluster.clock.advance(5000)

    cluster.nodes.powerOff(first)
    await cluster.until(() => cluster.holder() !== first)
    await untilReady()
    await untilConfigured('Unknown NoAgent')
    await cluster.clock.advance(2000)
    const { node: second = '', lastMove } = await cluster.status()
    expect([second === first, lastMove?.configuredAt]).toEqual([false, undefined])
    await report(second)
    await untilConfigured('True Configured')
    expect((await cluster.status()).lastMove?.configuredAt).toBeDefined()
    const notes = (await cluster.client.list(eventResource, { signal })).items.map((event) => event['note'])
    expect(notes).toContainEqual(
      expect.stringMatching(new RegExp(`^${second} carries it, [23]\\.\\ds after the move$`)),
    )
    expect(replica.get('/metrics').body).toContain('failover_ip_move_duration_seconds_count{phase="configured"} 2')
  })

  it('does not change while another leader reads the reports', async () => {
    const before = cluster.start()
    await untilReady()
    const { node = '' } = await cluster.status()
    await report(node)
    await untilConfigured('True Configured')
    await cluster.clock.advance(5000)
    const settled = await version()
    await before.stop()
    const after = cluster.start()
    const isReports = ({ path }: { readonly path: string }): boolean => path.includes('/failovernodes')
    after.transport.inject({ action: { type: 'delay', milliseconds: 3000 }, matches: isReports })
    await cluster.clock.advance(20_000)
    expect(await version()).toBe(settled)
  })

  it('says that the definition is missing where an operator came before it, and all else is done', async () => {
    const isReports = ({ path }: { readonly path: string }): boolean => path.includes('/failovernodes')
    const replica = cluster.start()
    replica.transport.inject({ action: { type: 'answer', status: 404, reason: 'NotFound' }, matches: isReports })
    await untilReady()
    await untilConfigured('Unknown NotInstalled')
    expect(replica.get('/readyz').status).toBe(200)
    expect(replica.log.join('')).toContain('failovernodes: install the custom resource definitions')
    const settled = await version()
    await cluster.clock.advance(20_000)
    expect(await version()).toBe(settled)
    replica.transport.liftAll()
    await cluster.until(async () => (await configured()) === 'Unknown NoAgent', 120)
  })
})
