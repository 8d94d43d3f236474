import { probePathPatience, type ProbePath, type ProbePathState } from '@failover-ip/core'

/**
 * `unproven`: nobody has answered yet, or nothing is known any more because our own machine refuses the packets, so that
 * silence says nothing. `proven`: it answers. `silent`: it did, and does not any more; one lost packet is no silence.
 */
export const pathStates = ['proven', 'silent', 'unproven'] as const

const fewestMisses = 2
/** Milliseconds for which a kernel's answer is one of now; it is asked once a second. */
const hintLife = 5000

export function pathState(path: ProbePath, now: number): (typeof pathStates)[number] {
  const { heard } = path
  if (heard?.provenAt === undefined || isProbedNoMore(path, now)) return 'unproven'
  return heard.silentSince !== undefined && heard.misses >= fewestMisses ? 'silent' : 'proven'
}

/** Whoever is asked answers or is silent, and either is told: where neither is, the packets do not leave this machine. */
function isProbedNoMore(path: ProbePath, now: number): boolean {
  return now - Math.max(path.since, path.heard?.reportedAt ?? path.since) >= patienceWith(path)
}

/** Milliseconds. Policies may ask for probes that are far between. */
function patienceWith({ target }: ProbePath): number {
  return Math.max(probePathPatience, 2 * target.interval)
}

/** For people: what keeps the death of the node from being seen at once. */
export function describePath(path: ProbePath, now: number): ProbePathState {
  const { node, address } = path.target
  return { node, address, problem: problemOf(path, now) }
}

function problemOf(path: ProbePath, now: number): string | undefined {
  const { since, heard } = path
  const { node, address } = path.target
  const consequence = 'until then its death would be seen after some 25 to 45 s'
  const silentFor = now - Math.max(since, heard?.lastReplyAt ?? since)
  if (silentFor < patienceWith(path)) return undefined
  if (heard === undefined) {
    return `Node ${node} could not be probed at ${address}: the log of this operator says whether its probe key cannot be used; else allow it to open UDP sockets; ${consequence}.`
  }
  if (heard.lastHintAt !== undefined && now - heard.lastHintAt < hintLife) {
    return `Node ${node} lives at ${address}, but no agent answers probes there: see that it runs, and has the same key; ${consequence}.`
  }
  if (heard.provenAt !== undefined) {
    return isProbedNoMore(path, now)
      ? `Node ${node} is not probed at ${address} any more: this operator's own machine refuses its packets, which proves nothing; look for a firewall there that keeps UDP from leaving, and at failover_ip_probe_errors_total; ${consequence}.`
      : undefined
  }
  return `Node ${node} does not answer probes at ${address}: open their UDP port between all nodes, and see that the agent runs there with the same key; ${consequence}.`
}
