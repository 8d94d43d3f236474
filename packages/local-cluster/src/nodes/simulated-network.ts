/** Answers a probe, as the responder on a node does. */
export interface ProbeAnswer {
  readonly bootID: string
}

/**
 * Who hears whom. Members are machines by name: the nodes, `apiServer`, and wherever a replica of the operator runs
 * (`leader` unless it says otherwise). Every member hears every other one until a path is cut or one goes silent.
 */
export interface SimulatedNetwork {
  /** Puts a machine on the network, or changes its boot id; it answers from now on. */
  attach(name: string, bootID: string): void
  /** The machine answers nobody and hears nobody: without power, or frozen. */
  silence(name: string): void
  /** Cuts the path between two members, both ways. */
  cut(one: string, other: string): void
  /** Cuts a member off from all others, present and future. */
  isolate(name: string): void
  /** Undoes `isolate` and every `cut` of this member. */
  rejoin(name: string): void
  /** Whether a packet gets from one to the other and an answer back. */
  hears(listener: string, speaker: string): boolean
  /** What a probe brings at this instant; undefined is silence. */
  probe(listener: string, target: string): ProbeAnswer | undefined
}

/** The names of what is no node. They are machines that never lose power. */
export const leader = 'leader'
export const apiServer = 'api-server'

export function createSimulatedNetwork(): SimulatedNetwork {
  const nodes = new Map<string, { readonly bootID: string; readonly answers: boolean }>()
  const cuts = new Set<string>()
  const isolated = new Set<string>()
  const pathOf = (one: string, other: string): string => [one, other].toSorted().join('\n')
  const awake = (name: string): boolean => nodes.get(name)?.answers !== false
  const hears = (listener: string, speaker: string): boolean => {
    if (!awake(listener) || !awake(speaker)) return false
    if (listener === speaker) return true
    return !isolated.has(listener) && !isolated.has(speaker) && !cuts.has(pathOf(listener, speaker))
  }
  return {
    attach: (name, bootID) => void nodes.set(name, { bootID, answers: true }),
    silence: (name) => {
      const bootID = nodes.get(name)?.bootID ?? ''
      nodes.set(name, { bootID, answers: false })
    },
    cut: (one, other) => void cuts.add(pathOf(one, other)),
    isolate: (name) => void isolated.add(name),
    rejoin: (name) => {
      isolated.delete(name)
      for (const path of cuts) if (path.split('\n').includes(name)) cuts.delete(path)
    },
    hears,
    probe: (listener, target) => {
      const node = nodes.get(target)
      return node !== undefined && hears(listener, target) ? { bootID: node.bootID } : undefined
    },
  }
}
