import type { ProbeEvidence, ProbeTarget } from '@failover-ip/core'
import type { Answer } from '../probe-channel.ts'
import { patienceFor, type ProberContext } from './prober-context.ts'
import type { Watched } from './watch-list.ts'
import { witnessEvidence } from './witness-evidence.ts'

/** Milliseconds that a question and its answer may take on the way, beside the witness's own patience. */
const witnessMargin = 100

/** What one witness hears of the target: nothing when it does not answer in time. Rejects with the signal's reason. */
export async function askWitness(
  context: ProberContext,
  target: ProbeTarget,
  { to, target: witness }: Pick<Watched, 'to' | 'target'>,
  signal: AbortSignal,
): Promise<readonly ProbeEvidence[]> {
  const { clock, channel, replies } = context
  const patience = patienceFor(target, context)
  const settled = new AbortController()
  let evidence: readonly ProbeEvidence[] = []
  const onAnswer = (answer: Answer): void => {
    if (answer.kind === 'answer') evidence = witnessEvidence(target.node, answer, clock.monotonic())
    settled.abort('settled')
  }
  signal.throwIfAborted()
  const question = {
    kind: 'question',
    to: witness.node,
    about: target.node,
    address: target.address,
    patience,
    time: replies.timeAt(witness.node),
  } as const
  channel.ask(question, to, onAnswer, (failure) => {
    if (failure === 'unsent') settled.abort('settled')
  })
  await clock
    .sleep(patience + witnessMargin, { signal: AbortSignal.any([signal, settled.signal]) })
    .catch(() => signal.throwIfAborted())
  return evidence
}
