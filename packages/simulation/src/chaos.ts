import type { Effect, Interference } from './machine/effects.ts'
import type { Random } from './random.ts'
import type { World } from './world/world.ts'

/** A fault that begins and ends. */
interface Fault {
  readonly name: string
  /** Gives the way to undo it. */
  begin(): () => void
}

/** How often an effect is interfered with while chaos reigns; renewals of the Lease are far more than all the others. */
const interferenceRate = 0.12
const leaseInterferenceRate = 0.02
const interferences = ['crashBefore', 'crashAfter', 'requestLost', 'answerLost', 'refused'] as const
const mostFaults = 12

export interface Chaos {
  /** To be given to the world. */
  readonly interfere: (effect: Effect) => Interference | undefined
  /** Lets faults come and go for so long, then heals everything. */
  reign(world: World, milliseconds: number): Promise<void>
}

/** Faults by the seed alone: two runs of one seed have the same ones at the same times. */
export function createChaos(random: Random): Chaos {
  let reigns = false
  return {
    interfere: ({ label }) => {
      const rate = label.endsWith(' Lease') ? leaseInterferenceRate : interferenceRate
      return reigns && random.next() < rate ? random.pick(interferences) : undefined
    },
    reign: async (world, milliseconds) => {
      reigns = true
      const undo: (() => void)[] = []
      const count = random.whole(2, mostFaults)
      for (let index = 0; index < count; index++) {
        const begin = random.whole(0, milliseconds * 0.8)
        const lasts = random.whole(500, milliseconds * 0.6)
        void strike(world, random, { begin, lasts }, undo)
      }
      await world.clock.advance(milliseconds)
      for (const heal of undo) heal()
      reigns = false
      world.trace.add('all is healed')
    },
  }
}

async function strike(
  world: World,
  random: Random,
  times: { readonly begin: number; readonly lasts: number },
  undo: (() => void)[],
): Promise<void> {
  const { clock, trace } = world
  await clock.sleep(times.begin)
  const fault = random.pick(faultsOf(world, random))
  trace.add(`fault: ${fault.name}`)
  let healed = false
  const end = fault.begin()
  const heal = (): void => {
    if (healed) return
    healed = true
    trace.add(`over: ${fault.name}`)
    end()
  }
  undo.push(heal)
  await clock.sleep(times.lasts)
  heal()
}

function faultsOf(world: World, random: Random): readonly [Fault, ...Fault[]] {
  const { nodes, replicas, network, weather, cloud } = world
  const holder = nodes.find(({ name }) => name === world.status().node)
  const node = (random.next() < 0.5 ? holder : undefined) ?? nodes[random.whole(0, nodes.length - 1)]
  const replica = replicas[random.whole(0, replicas.length - 1)]
  if (node === undefined || replica === undefined) throw new Error('chaos needs a node and a replica')
  const fault = (name: string, begin: () => () => void): Fault => ({ name, begin })
  return [
    fault(`${node.name} loses power`, () => {
      node.powerOff()
      return () => node.powerOn()
    }),
    fault(`${node.name} is cut off`, () => {
      node.setConnected(false)
      return () => node.setConnected(true)
    }),
    fault(`${node.name} has no kubelet`, () => {
      node.setKubelet(false)
      return () => node.setKubelet(true)
    }),
    fault(`${node.name} is cordoned`, () => {
      node.cordon(true)
      return () => node.cordon(false)
    }),
    fault(`${replica.name} does not hear ${node.name}`, () => {
      network.cut(replica.name, node.name)
      return () => network.rejoin(replica.name)
    }),
    fault(`${replica.name} is cut off`, () => {
      network.isolate(replica.name)
      return () => network.rejoin(replica.name)
    }),
    fault(`${replica.name} is killed`, () => {
      replica.kill()
      return () => undefined
    }),
    fault(`${replica.name} is terminated`, () => {
      replica.terminate()
      return () => undefined
    }),
    fault(`${replica.name} stands still`, () => {
      replica.pause()
      return () => replica.resume()
    }),
    fault('the API server is away', () => {
      world.setApiAway(true)
      return () => world.setApiAway(false)
    }),
    fault('the provider is away', () => {
      weather.providerAway = true
      return () => {
        weather.providerAway = false
      }
    }),
    fault('the provider answers with errors', () => {
      const status = random.pick([429, 500, 503])
      weather.cloudFault = () => (random.next() < 0.5 ? { status, retryAfterSeconds: 5 } : undefined)
      return () => {
        weather.cloudFault = () => undefined
      }
    }),
    fault('reads lag', () => {
      cloud.setReadLag(random.whole(1, 4))
      return () => cloud.setReadLag(0)
    }),
    fault('changes take a while', () => {
      cloud.setSwitches({ attachSeconds: random.whole(1, 10) })
      return () => cloud.setSwitches({ attachSeconds: 0 })
    }),
    fault(`somebody moves an address to ${node.name}`, () => {
      const units = cloud.snapshot().ips.map(({ unit }) => unit)
      const unit = units[random.whole(0, units.length - 1)]
      if (unit !== undefined) world.moveByHand(unit, node.server)
      return () => undefined
    }),
  ]
}
