import { eventResource } from '@failover-ip/kubernetes'
import type { Provider } from '@failover-ip/provider'
import { digitalocean } from '@failover-ip/provider-digitalocean'
import { netcup } from '@failover-ip/provider-netcup'
import { scaleway } from '@failover-ip/provider-scaleway'
import {
  createDigitalOceanEmulator,
  createNetcupEmulator,
  createScalewayEmulator,
  createVirtualClock,
} from '@failover-ip/provider-testkit'
import type { VirtualClock } from '@failover-ip/provider-testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatedNodeSpec } from '../nodes/simulated-node.ts'
import { classObject, failoverIPObject, secretObject } from '../operator-cluster/cluster-object.ts'
import { createOperatorCluster } from '../operator-cluster/operator-cluster.ts'
import type { OperatorCluster } from '../operator-cluster/operator-cluster.ts'
import { pseudoRandom } from '../operator-cluster/pseudo-random.ts'
import type { Replica } from '../operator-cluster/replica.ts'

const { signal } = new AbortController()

interface Cloud {
  readonly provider: Provider
  readonly fetch: typeof globalThis.fetch
  readonly nodes: readonly SimulatedNodeSpec[]
  readonly addresses: readonly string[]
  /** An address that every node may have, and one for which no node is in the right place. */
  readonly near: string
  readonly far: string
  readonly farMessage: string
  readonly credentials: Readonly<Record<string, string>>
  readonly wrongCredentials: Readonly<Record<string, string>>
  readonly refusal: string
  /** Without one key, and with an unknown one in its place. */
  readonly misnamed: Readonly<Record<string, string>>
  readonly misnamedMessages: readonly string[]
  readonly parameters: Readonly<Record<string, unknown>>
  readonly parameterMessage: string
}

const clouds: Readonly<Record<string, (clock: VirtualClock) => Cloud>> = {
  scaleway: (clock) => {
    const cloud = createScalewayEmulator({ clock, latencyMs: 150, random: pseudoRandom() })
    const nodes = ['node-1', 'node-2'].map((name, index) => {
      const { providerID, zone } = cloud.addServer({ name, zone: 'fr-par-1' })
      return { name, providerID, zone, address: `10.0.0.${index + 1}` }
    })
    cloud.addIp({ unit: '51.15.129.35/32' })
    cloud.addIp({ unit: '51.15.129.36/32', zone: 'nl-ams-1' })
    const { accessKey: SCW_ACCESS_KEY, secretKey: SCW_SECRET_KEY } = cloud.account
    return {
      provider: scaleway,
      fetch: cloud.fetch,
      nodes,
      addresses: ['51.15.129.0/24'],
      near: '51.15.129.35',
      far: '51.15.129.36',
      farMessage: 'node-1 is in fr-par-1, the addresses can only go to nl-ams-1',
      credentials: { SCW_ACCESS_KEY, SCW_SECRET_KEY },
      wrongCredentials: { SCW_ACCESS_KEY, SCW_SECRET_KEY: '90000000-0000-4000-8000-0000000000ff' },
      refusal: 'Scaleway',
      misnamed: { SCW_ACCESS_KEY, SCW_SECRETKEY: SCW_SECRET_KEY },
      misnamedMessages: ['"SCW_SECRET_KEY" is missing', '(did you mean "SCW_SECRET_KEY"?)'],
      parameters: { zone: ['fr-par-1'] },
      parameterMessage: '"zone" is not known (did you mean "zones"?)',
    }
  },
  netcup: (clock) => {
    const cloud = createNetcupEmulator({ clock, latencyMs: 150, random: pseudoRandom() })
    const nodes = ['node-1', 'node-2'].map((name) => {
      const { ipv4 } = cloud.addServer({ nickname: name })
      return { name, providerID: `k3s://${name}`, zone: '', address: ipv4 }
    })
    cloud.addUnit({ unit: '198.18.88.63/32' })
    cloud.addUnit({ unit: '198.18.88.64/32', location: '2' })
    return {
      provider: netcup,
      fetch: cloud.fetch,
      nodes,
      addresses: ['198.18.88.0/24'],
      near: '198.18.88.63',
      far: '198.18.88.64',
      farMessage: 'node-1 is in 1, the addresses can only go to 2',
      credentials: { refreshToken: cloud.login.refreshToken },
      wrongCredentials: { refreshToken: 'a-token-that-nobody-has-made' },
      refusal: 'Log in again: npx @failover-ip/provider-netcup login',
      misnamed: { refreshtoken: cloud.login.refreshToken },
      misnamedMessages: ['"refreshToken" is missing', '(did you mean "refreshToken"?)'],
      parameters: { transprot: 'rest' },
      parameterMessage: '"transprot" is not known (did you mean "transport"?)',
    }
  },
  digitalocean: (clock) => {
    const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, random: pseudoRandom() })
    const nodes = ['node-1', 'node-2'].map((name) => {
      const { providerID, location, privateAddress } = cloud.addDroplet({ name })
      return { name, providerID, zone: location, address: privateAddress }
    })
    cloud.addAddress({ unit: '45.55.96.47/32' })
    cloud.addAddress({ unit: '45.55.96.48/32', region: 'sgp1' })
    const { token } = cloud.account
    return {
      provider: digitalocean,
      fetch: cloud.fetch,
      nodes,
      addresses: ['45.55.96.0/24'],
      near: '45.55.96.47',
      far: '45.55.96.48',
      farMessage: 'node-1 is in nyc3, the addresses can only go to sgp1',
      credentials: { DIGITALOCEAN_ACCESS_TOKEN: token },
      wrongCredentials: { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_wrong_00000000000000000000000000' },
      refusal: 'put a valid token into the Secret',
      misnamed: { DIGITALOCEAN_TOKEN: token },
      misnamedMessages: ['"DIGITALOCEAN_ACCESS_TOKEN" is missing', '"DIGITALOCEAN_TOKEN" is not known'],
      parameters: { projectID: 'x' },
      parameterMessage: '"projectID" is not known (did you mean "projectId"?)',
    }
  },
}

interface Mistake {
  /** Writes it, into a class and a FailoverIP of their own named `other`. */
  readonly make: (cloud: Cloud) => {
    readonly secret?: Readonly<Record<string, string>>
    readonly parameters?: Readonly<Record<string, unknown>>
    readonly address?: string
  }
  readonly seenIn: 'class' | 'failoverIP'
  readonly condition: string
  readonly reason: string
  readonly messages: (cloud: Cloud) => readonly string[]
}

const mistakes: Readonly<Record<string, Mistake>> = {
  'bad credentials': {
    make: ({ wrongCredentials }) => ({ secret: wrongCredentials }),
    seenIn: 'class',
    condition: 'CredentialsValid',
    reason: 'CredentialsRefused',
    messages: ({ refusal }) => [refusal],
  },
  'a missing key in the Secret': {
    make: ({ misnamed }) => ({ secret: misnamed }),
    seenIn: 'class',
    condition: 'Accepted',
    reason: 'InvalidSecret',
    messages: ({ misnamedMessages }) => misnamedMessages,
  },
  'an unknown parameter': {
    make: ({ parameters }) => ({ parameters }),
    seenIn: 'class',
    condition: 'Accepted',
    reason: 'InvalidParameters',
    messages: ({ parameterMessage }) => [parameterMessage],
  },
  'nodes in the wrong place': {
    make: ({ far }) => ({ address: far }),
    seenIn: 'failoverIP',
    condition: 'Ready',
    reason: 'NoFitNode',
    messages: ({ farMessage }) => [farMessage],
  },
}

let cluster: OperatorCluster
let replica: Replica
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

async function setUp(open: (clock: VirtualClock) => Cloud): Promise<Cloud> {
  const clock = createVirtualClock()
  const cloud = open(clock)
  const { provider, fetch, nodes } = cloud
  cluster = await createOperatorCluster({ provider, clock, random: pseudoRandom(), fetch, nodes })
  await cluster.apply('Secret', secretObject(provider.name, cloud.credentials))
  await cluster.apply('FailoverIPClass', classObject(provider.name, { addresses: [cloud.near] }))
  await cluster.apply('FailoverIP', failoverIPObject('web', [cloud.near]))
  replica = cluster.start()
  await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True')
  return cloud
}

/** Messages of the log, parsed, that contain the sentence. */
function logged(sentence: string): readonly string[] {
  return replica.log.flatMap((line) => {
    const { message } = JSON.parse(line) as { readonly message: string }
    return message.includes(sentence) ? [message] : []
  })
}

async function notes(sentence: string): Promise<readonly string[]> {
  const { items } = await cluster.client.list(eventResource, { signal })
  return items.map((event) => String(event['note'])).filter((note) => note.includes(sentence))
}

describe.each(Object.keys(clouds))('at %s', (name) => {
  it.each(Object.keys(mistakes))(
    '%s is one clear sentence in condition, log and Event, and stops nothing else',
    async (kind) => {
      const [open, mistake] = [clouds[name], mistakes[kind]]
      if (open === undefined || mistake === undefined) expect.fail('there is such a cloud, and such a mistake')
      const cloud = await setUp(open)
      const { secret = cloud.credentials, parameters = {}, address = cloud.far } = mistake.make(cloud)
      await cluster.apply('Secret', secretObject('other', secret))
      const spec = { addresses: [cloud.far], parameters, credentialsSecretRef: { name: 'other' } }
      await cluster.apply('FailoverIPClass', classObject(cloud.provider.name, spec, 'other'))
      await cluster.apply('FailoverIP', failoverIPObject('other', [address], { className: 'other' }))
      const conditionOf = mistake.seenIn === 'class' ? cluster.classCondition : cluster.condition
      await cluster.until(async () => (await conditionOf(mistake.condition, 'other'))?.reason === mistake.reason)
      await cluster.clock.advance(120_000)

      const { message = '' } = (await conditionOf(mistake.condition, 'other')) ?? {}
      for (const part of mistake.messages(cloud)) expect(message).toContain(part)
      expect(message).not.toMatch(/\n|undefined|\[object/)
      expect(logged(message)).toHaveLength(1)
      expect(await notes(message)).toHaveLength(1)
      for (const value of Object.values(secret)) expect(message).not.toContain(value)

      const before = (await cluster.status()).node ?? ''
      cluster.nodes.powerOff(before)
      await cluster.until(async () => {
        const { node } = await cluster.status()
        return node !== undefined && node !== before
      })
    },
  )
})

it('what goes wrong beside the routing, like a name in the DNS, is in the log, and the address is served', async () => {
  const cloud = await setUp((clock) => {
    const made = clouds['scaleway']?.(clock) ?? expect.fail('there is such a cloud')
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init)
      if (request.method !== 'PATCH' || !(await request.clone().text()).includes('"reverse"'))
        return made.fetch(request)
      const body = { type: 'permissions_denied', details: [{ resource: 'ip', action: 'write' }], message: 'no' }
      return Response.json(body, { status: 403, headers: { 'content-type': 'application/json' } })
    }
    return { ...made, fetch }
  })
  const parameters = { reverseNames: { [cloud.near]: 'web.example.org' } }
  await cluster.apply('FailoverIPClass', classObject('scaleway', { addresses: [cloud.near], parameters }))
  await cluster.clock.advance(5000)
  const before = (await cluster.status()).node ?? ''
  cluster.nodes.powerOff(before)
  await cluster.until(() => logged('its name in the reverse DNS could not be written').length > 0, 90)
  expect((await cluster.status()).node).not.toBe(before)
})
