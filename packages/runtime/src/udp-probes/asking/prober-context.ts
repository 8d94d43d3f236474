import type { ProbeEvidence, ProbeTarget } from '@failover-ip/core'
import type { Answer, Request } from '../probe-channel.ts'
import type { LastReplies } from './last-replies.ts'
import type { LookPorts } from './second-look.ts'

/** What every part of a prober works with. */
export interface ProberContext extends LookPorts {
  readonly replies: LastReplies
  /** Milliseconds after which an answer is missing, at most. */
  readonly timeout: number
  readonly tell: (evidence: ProbeEvidence) => void
}

/** Nobody is probed faster, whatever is asked for. */
export const leastInterval = 50

export function patienceFor({ interval }: ProbeTarget, { timeout }: ProberContext): number {
  return Math.min(Math.max(interval, leastInterval), timeout)
}

export function probeOf(node: string, { replies }: ProberContext): Request {
  return { kind: 'probe', to: node, time: replies.timeAt(node) }
}

/** The proof of life in an answer to a probe; it is remembered, too. */
export function proofOfLife(
  node: string,
  sentAt: number,
  answer: Answer,
  { clock, replies }: ProberContext,
): ProbeEvidence | undefined {
  if (answer.kind !== 'reply') return undefined
  replies.note(node, answer)
  return { node, vantage: 'leader', kind: 'reply', sentAt, at: clock.monotonic(), bootID: answer.bootID }
}
