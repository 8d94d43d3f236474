import type { NodeState } from '../domain/node.ts'
import { confirmation, readAgainAt, type Confirmation } from './confirmation.ts'
import type { HealthInput } from './health-input.ts'
import type { Finding, Judgement } from './judgement.ts'
import { isLeaseFresh, isLeaseOverdue, leaseOverdueAt, leaseSettle } from './lease.ts'
import { notReadyReason } from './quiet-since.ts'
import { answers, holdsAnother, trackOf, type Surroundings } from './surroundings.ts'
import { hintUntil, latest } from './vantage.ts'
import type { QuietSince } from './verdict.ts'

/** What Kubernetes says: the slow path. Whoever answers a probe is not dead. */
export function judgeKubernetes(
  node: NodeState,
  input: HealthInput,
  around: Surroundings,
  quiet: QuietSince,
): Judgement {
  const judgements = [judgeReady(node, input, around, quiet), judgeLease(node, input, quiet)]
  const changesAt = [leaseOverdueAt(node), ...judgements.flatMap((judgement) => judgement.changesAt ?? [])]
  const questions = judgements.flatMap((judgement) => judgement.questions ?? []).slice(0, 1)
  const findings = judgements.flatMap(({ finding }) => finding ?? [])
  if (node.networkUnavailable) findings.push(networkUnavailable(node))
  const finding = findings.find(({ verdict }) => verdict !== 'suspect') ?? findings[0]
  return { ...(finding === undefined ? {} : { finding }), questions, changesAt }
}

function networkUnavailable({ facts }: NodeState): Finding {
  const message = `the network of ${facts.name} is not set up (NetworkUnavailable)`
  return { verdict: 'unfit', reason: 'NetworkUnavailable', message }
}

/** `False` from a living kubelet, or `Unknown` from the node controller, which heard none for long. */
function judgeReady(node: NodeState, input: HealthInput, around: Surroundings, quiet: QuietSince): Judgement {
  const reason = notReadyReason(node)
  if (reason === undefined || quiet.ready === undefined) return {}
  const message = `Kubernetes calls ${node.facts.name} NotReady`
  const confirmed = confirmation(node, input, quiet.ready, ({ ready }) => ready !== 'True')
  if (confirmed !== 'confirmed') return unconfirmed(node, input, confirmed, { verdict: 'suspect', reason, message })
  return { finding: judgeConfirmed(node, input, around, quiet, { verdict: 'dead', reason, message }) }
}

/** NotReady for sure: which may still be a living node, or a fault of the control plane's. */
function judgeConfirmed(
  node: NodeState,
  input: HealthInput,
  around: Surroundings,
  quiet: QuietSince,
  dead: Finding,
): Finding {
  const { name } = node.facts
  const otherwise = (verdict: Finding['verdict'], but: string): Finding => ({
    ...dead,
    verdict,
    message: `${dead.message}, ${but}`,
  })
  const hasAnswered = answers(trackOf(input, name), input.now)
  const isKubeletAlive = kubeletLives(node, input)
  if (node.shuttingDown === true && (hasAnswered || isKubeletAlive)) {
    return { verdict: 'leaving', reason: 'ShuttingDown', message: `${name} is being shut down` }
  }
  // That nobody was heard of is the node controller's word, and refuted where it is behind, as after an outage of the API server.
  const verdict = dead.reason === 'Unreachable' ? 'suspect' : 'unfit'
  if (isKubeletAlive) return otherwise(verdict, 'but its kubelet is alive')
  const leasesSeen = !isLeaseOverdue(node, input.now) || quiet.lease !== undefined
  if (hasAnswered) return otherwise(isMissed(node, input, quiet) ? 'unfit' : verdict, 'but it answers probes')
  if (leasesSeen && !isMissed(node, input, quiet))
    return otherwise('suspect', 'and its Lease is not missed for long yet')
  if (leasesSeen && holdsAnother(around.showLife, name)) return dead
  return { ...otherwise('suspect', 'and no other node shows life'), reason: 'Held' }
}

/**
 * Whether its Lease has been missed for so long, while others are renewed, that it had its turn after an API server came
 * back. Without a Lease there is nothing to wait for.
 */
function isMissed(node: NodeState, { now }: HealthInput, { lease }: QuietSince): boolean {
  return leaseOverdueAt(node) === undefined || (lease !== undefined && now >= lease + leaseSettle(node))
}

function judgeLease(node: NodeState, input: HealthInput, quiet: QuietSince): Judgement {
  const { name } = node.facts
  const { now } = input
  const track = trackOf(input, name)
  if (!isLeaseOverdue(node, now)) return {}
  const alive = answers(track, now)
  if (quiet.lease === undefined) {
    const blind: Finding = { verdict: 'suspect', reason: 'Held', message: 'no Lease of any node is being renewed' }
    return alive ? {} : { finding: blind }
  }
  const message = `the Lease of ${name} is not renewed`
  const suspect: Finding = { verdict: 'suspect', reason: 'LeaseExpired', message }
  const ripeAt = quiet.lease + leaseSettle(node)
  const hint = latest([...(track?.vantages.values() ?? [])].map(hintUntil))
  if (alive || now < ripeAt || (hint !== undefined && now < hint)) {
    return { finding: suspect, changesAt: [ripeAt, hint] }
  }
  const confirmed = confirmation(node, input, ripeAt, ({ leaseRenewed }) => leaseRenewed === false)
  if (confirmed !== 'confirmed') return unconfirmed(node, input, confirmed, suspect)
  return { finding: { ...suspect, verdict: 'dead' } }
}

function unconfirmed(node: NodeState, input: HealthInput, state: Confirmation, finding: Finding): Judgement {
  const againAt = state === 'refuted' ? readAgainAt(node, input) : undefined
  const due = againAt === undefined || input.now >= againAt
  return {
    finding,
    questions: due ? [{ kind: 'liveNode', node: node.facts.name }] : [],
    changesAt: [againAt],
  }
}

/** A live read counts until the watch has caught up with it. */
function kubeletLives(node: NodeState, { now, liveNodes }: HealthInput): boolean {
  const live = liveNodes.get(node.facts.name)
  const renewed = live?.node.kind === 'present' && live.node.uid === node.uid && live.node.leaseRenewed === true
  return isLeaseFresh(node, now) || (renewed && (node.leaseSeenAt ?? Number.NEGATIVE_INFINITY) < live.at)
}
