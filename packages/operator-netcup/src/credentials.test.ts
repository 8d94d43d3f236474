import {
  eventResource,
  failoverIPClassResource,
  failoverIPResource,
  isApiError,
  secretResource,
} from '@failover-ip/kubernetes'
import { afterEach, expect, it } from 'vitest'
import { operatorNamespace } from '@failover-ip/local-cluster/operator-cluster'
import { classOf, createNetcupCluster, secretOf } from './testing/netcup-cluster.ts'
import type { Replica } from '@failover-ip/local-cluster/operator-cluster'
import type { NetcupCluster, NetcupClusterOptions } from './testing/netcup-cluster.ts'

const { signal } = new AbortController()
let cluster: NetcupCluster
const open = async (options?: NetcupClusterOptions): Promise<void> => {
  cluster = await createNetcupCluster(options)
}
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
})
const isReady = async (): Promise<boolean> => (await cluster.condition('Ready'))?.status === 'True'
const classReason = (type: string, wanted: string) => async (): Promise<boolean> => {
  const { conditions = [] } = await cluster.classStatus()
  return conditions.some((condition) => condition.type === type && condition.reason === wanted)
}
const logins = (): number => cluster.cloud.requests.filter(({ path }) => path.endsWith('/token')).length

/** Log, Events, statuses: all but the Secret itself. */
async function everythingPrinted(replicas: readonly Replica[]): Promise<string> {
  const kinds = [failoverIPResource, failoverIPClassResource, eventResource]
  const objects = await Promise.all(kinds.map((kind) => cluster.client.list(kind, { signal })))
  return replicas.map(({ log }) => log.join('')).join('') + JSON.stringify(objects)
}

it('stores each refresh token that netcup replaces, once, and prints none of them [A60]', async () => {
  await open({ emulator: { switches: { rotatesRefreshToken: true } } })
  const tokens = [cluster.cloud.login.refreshToken]
  const first = cluster.start()
  await cluster.until(isReady)
  tokens.push(cluster.cloud.login.refreshToken)
  expect(logins()).toBe(1)
  expect(await cluster.secret()).toEqual({ refreshToken: tokens[1] })
  // An access token lasts for five minutes, half a minute of which is left unused.
  await cluster.clock.advance(265_000)
  await cluster.until(() => logins() === 2, 40)
  await cluster.clock.advance(1000)
  tokens.push(cluster.cloud.login.refreshToken)
  expect(new Set(tokens).size).toBe(3)
  expect(await cluster.secret()).toEqual({ refreshToken: tokens[2] })
  await first.kill()
  const second = cluster.start()
  await cluster.until(() => logins() === 3, 30)
  await cluster.clock.advance(1000)
  tokens.push(cluster.cloud.login.refreshToken)
  expect(await cluster.secret()).toEqual({ refreshToken: tokens[3] })
  const printed = await everythingPrinted([first, second])
  for (const token of tokens) expect(printed).not.toContain(token)
  expect(await classReason('CredentialsValid', 'Valid')()).toBe(true)
}, 60_000)

it('keeps a replaced token that cannot be stored, and stores it with the next one', async () => {
  await open({ emulator: { switches: { rotatesRefreshToken: true } } })
  const replica = cluster.start()
  replica.transport.inject({
    action: { type: 'answer', status: 403, reason: 'Forbidden' },
    matches: ({ method, path }) => method === 'PATCH' && path.includes('/secrets/'),
    times: 1,
  })
  await cluster.until(isReady)
  expect(replica.log.join('')).toContain('could not be written into their Secret')
  expect((await cluster.secret())['refreshToken']).not.toBe(cluster.cloud.login.refreshToken)
  await cluster.clock.advance(265_000)
  await cluster.until(() => logins() === 2, 40)
  await cluster.clock.advance(1000)
  expect(await cluster.secret()).toEqual({ refreshToken: cluster.cloud.login.refreshToken })
}, 60_000)

it.each(['rest', 'soap'] as const)(
  'takes credentials that were rotated by hand, and prints neither old nor new [A60]: %s',
  async (transport) => {
    await open({ transport })
    const { cloud } = cluster
    const old = transport === 'rest' ? cloud.login.refreshToken : cloud.account.password
    const replica = cluster.start()
    await cluster.until(isReady)
    cloud.login.revoke('all')
    cloud.setPassword('another-webservice-password')
    await cluster.until(classReason('CredentialsValid', 'CredentialsRefused'), 90)
    const rotated = transport === 'rest' ? cloud.login.newRefreshToken() : cloud.account.password
    await cluster.apply('Secret', secretOf(cloud, transport))
    await cluster.until(classReason('CredentialsValid', 'Valid'), 90)
    const printed = await everythingPrinted([replica])
    expect(printed).not.toContain(old)
    expect(printed).not.toContain(rotated)
  },
)

it.each([
  ['rest', { loginName: 'eA==', password: 'eA==' }, 'refreshToken'],
  ['soap', { refreshToken: 'eA==' }, 'loginName'],
] as const)('names the key that the Secret lacks for %s, and the unknown ones', async (transport, data, key) => {
  await open({ transport })
  await cluster.apply('Secret', { metadata: { namespace: operatorNamespace, name: 'netcup' }, data })
  cluster.start()
  await cluster.until(classReason('Accepted', 'InvalidSecret'))
  const { conditions = [] } = await cluster.classStatus()
  const { message = '' } = conditions.find(({ type }) => type === 'Accepted') ?? {}
  expect(message).toContain(`"${key}" is missing`)
  expect(message).toContain('is not known')
})

it('names the parameter that was meant', async () => {
  await open()
  await cluster.apply('FailoverIPClass', classOf('netcup', 'rest', { parameters: { transprot: 'soap' } }))
  cluster.start()
  await cluster.until(classReason('Accepted', 'InvalidParameters'))
  const { conditions = [] } = await cluster.classStatus()
  const { message = '' } = conditions.find(({ type }) => type === 'Accepted') ?? {}
  expect(message).toContain('did you mean "transport"?')
})

it('deletes address, class and Secret together while the panel is down [A60]', async () => {
  await open({ holder: 'node-1' })
  cluster.start()
  await cluster.until(isReady)
  cluster.cloud.faults.add({ times: Infinity, fault: { kind: 'refuse' } })
  await cluster.client.delete(secretResource, { namespace: operatorNamespace, name: 'netcup' }, { signal })
  await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
  const isGone = async (): Promise<boolean> => {
    try {
      await cluster.client.get(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
      return false
    } catch (error) {
      return isApiError(error, 'NotFound')
    }
  }
  await cluster.until(isGone, 30)
  expect(cluster.holder()).toBe('node-1')
})
