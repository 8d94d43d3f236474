import type { SimulatedNodes } from '../nodes/simulated-nodes.ts'

export interface MachineState {
  readonly powered: boolean
  readonly partitioned: boolean
}

/** Switches of the machines; each says in a few words what it did. */
export interface Machines {
  state(name: string): MachineState
  togglePower(name: string): string
  togglePartition(name: string): string
  toggleCordon(name: string, cordoned: boolean): Promise<string>
}

export function createMachines(nodes: SimulatedNodes): Machines {
  const off = new Set<string>()
  const cutOff = new Set<string>()
  return {
    state: (name) => ({ powered: !off.has(name), partitioned: cutOff.has(name) }),
    togglePower: (name) => {
      if (off.delete(name)) {
        nodes.powerOn(name)
        return `${name} has power again`
      }
      off.add(name)
      nodes.powerOff(name)
      return `${name} loses its power`
    },
    togglePartition: (name) => {
      if (cutOff.delete(name)) {
        nodes.rejoin(name)
        return `${name} is back on the network`
      }
      cutOff.add(name)
      nodes.partition(name)
      return `${name} is cut off from the network`
    },
    toggleCordon: async (name, cordoned) => {
      await (cordoned ? nodes.uncordon(name) : nodes.cordon(name))
      return `${name} is ${cordoned ? 'uncordoned' : 'cordoned'}`
    },
  }
}
