import { createKubernetesClient, namespaceResource } from '@failover-ip/kubernetes'
import type { KubernetesClient } from '@failover-ip/kubernetes'
import { afterEach, describe, expect, it } from 'vitest'

import { createEmbeddedCluster } from './embedded-cluster.ts'
import type { Replica } from '../operator-cluster/replica.ts'
import type { EmbeddedCluster, EmbeddedClusterOptions } from './embedded-cluster.ts'

const signal = new AbortController().signal
let cluster: EmbeddedCluster
/** Somebody who knows the API server by the failover IP alone. */
let user: KubernetesClient
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const setUp = async (options: EmbeddedClusterOptions = {}): Promise<void> => {
  cluster = await createEmbeddedCluster(options)
  user = createKubernetesClient({ transport: cluster.byAddress.transport, clock: cluster.clock })
  await cluster.install()
}
const served = async (): Promise<boolean> => {
  const asked = user.get(namespaceResource, { name: 'ingress' }, { signal, deadline: 200, attempts: 1 }).then(
    () => true,
    () => false,
  )
  return await cluster.clock.advanceUntil(asked)
}
const isReady = async (): Promise<boolean> => (await cluster.condition('Ready'))?.status === 'True'
const isLeading = (replica: Replica): boolean => replica.get('/metrics').body.includes('"failover-ip-scaleway"} 1')
/** Until everything has been seen well for a while. Gives the holder. */
const untilSettled = async (): Promise<string> => {
  await cluster.until(isReady, 20)
  await cluster.clock.advance(30_000)
  expect(await served()).toBe(true)
  return cluster.holder() ?? ''
}

describe('an address that is the way to the API server', () => {
  it('moves, and opens the way again, since operators dial the API server directly', async () => {
    await setUp()
    cluster.start()
    const before = await untilSettled()
    cluster.nodes.powerOff(before)
    expect(await served()).toBe(false)
    await cluster.until(() => cluster.holder() !== before, 5)
    expect(await served()).toBe(true)
    await cluster.until(isReady, 5)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('moves also when the kubelets dial it, and no Lease is renewed while it is silent', async () => {
    await setUp({ kubeletsByAddress: true })
    cluster.start()
    const before = await untilSettled()
    cluster.nodes.powerOff(before)
    expect(await served()).toBe(false)
    await cluster.until(() => cluster.holder() !== before, 5)
    await cluster.until(isReady, 5)
    await cluster.clock.advance(120_000)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('takes a leader with it that dials it against the rule; a replica that dials directly moves it', async () => {
    await setUp()
    const wrong = cluster.start({}, { connect: () => Promise.resolve(cluster.byAddress) })
    const before = await untilSettled()
    cluster.nodes.powerOff(before)
    await cluster.clock.advance(60_000)
    // Nobody else is there: the rule is what saves the address.
    expect(isLeading(wrong)).toBe(false)
    expect(cluster.holder()).toBe(before)
    const right = cluster.start()
    await cluster.until(() => cluster.holder() !== before, 60)
    expect(isLeading(right)).toBe(true)
    expect(await served()).toBe(true)
    await cluster.until(isReady, 20)
    await cluster.clock.advance(120_000)
    expect(cluster.cloud.mutations()).toHaveLength(2)
    expect(wrong.log.join('')).toContain('The API server answers again.')
    const said = ({ log }: Replica): number => log.filter((line) => line.includes('cut off with it')).length
    expect([said(wrong), said(right)]).toEqual([1, 0])
  })
})
