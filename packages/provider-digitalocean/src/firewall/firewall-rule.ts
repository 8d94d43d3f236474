/** Ports that are let in from some addresses. */
export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp'
  /** The first and the last port, both included. */
  readonly ports: readonly [first: number, last: number]
  /** CIDRs or addresses. */
  readonly sources: readonly string[]
}

/** The same set of packets in one form: overlapping and adjacent ports joined, in a fixed order. */
export function joinRules(rules: readonly FirewallRule[]): readonly FirewallRule[] {
  const bySender = Map.groupBy(rules, ({ protocol, sources }) => JSON.stringify([protocol, ...senders(sources)]))
  const keys = [...bySender.keys()].sort()
  return keys.flatMap((key) => {
    const group = bySender.get(key) ?? []
    const ordered = group.toSorted((a, b) => a.ports[0] - b.ports[0])
    const joined: FirewallRule[] = []
    for (const { protocol, ports, sources } of ordered) {
      const last = joined.at(-1)
      const [from, to] = ports
      if (last !== undefined && from <= last.ports[1] + 1) {
        joined[joined.length - 1] = { ...last, ports: [last.ports[0], Math.max(last.ports[1], to)] }
      } else {
        joined.push({ protocol, ports: [from, to], sources: senders(sources) })
      }
    }
    return joined
  })
}

function senders(sources: readonly string[]): readonly string[] {
  return [...new Set(sources)].sort()
}
