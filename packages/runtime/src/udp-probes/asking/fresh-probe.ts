import type { ProbeEvidence } from '@failover-ip/core'
import type { SendFailure } from '../net/datagrams.ts'
import type { Answer } from '../probe-channel.ts'
import { lookAgain, type Look, type LookPorts } from './second-look.ts'
import { mostHeldUp, waitOut, type Outcome } from './silence.ts'

export type FreshResult = Pick<ProbeEvidence, 'kind' | 'bootID'> | 'unsent'

/**
 * One look at a node that does not rest on one packet: a probe, and when half the patience has passed a second look.
 * Known at once when the node answers. Rejects with the signal's reason alone.
 */
export async function probeAfresh(ports: LookPorts, fresh: Look): Promise<FreshResult> {
  const { clock, channel } = ports
  const { request, to, patience, signal } = fresh
  const heard = new AbortController()
  let answer: Answer | undefined
  let failure: SendFailure | undefined
  const onAnswer = (given: Answer): void => {
    answer ??= given
    fresh.onAnswer(given)
    heard.abort('heard')
  }
  const wait = (milliseconds: number): Promise<Outcome> => {
    const until = AbortSignal.any([signal, heard.signal])
    return waitOut(milliseconds, () => answer !== undefined, {
      clock,
      drained: () => channel.datagrams.drained(),
      signal: until,
    }).catch(() => {
      signal.throwIfAborted()
      return 'heard'
    })
  }
  const reply = (): FreshResult | undefined =>
    answer?.kind === 'reply' ? { kind: 'reply', bootID: answer.bootID } : undefined

  signal.throwIfAborted()
  channel.ask(request, to, onAnswer, (what) => {
    failure = what
  })
  await wait(patience / 2)
  const first = reply()
  if (first !== undefined) return first
  for (let heldUp = 0; ; heldUp++) {
    const again = lookAgain(ports, { ...fresh, patience: patience / 2, onAnswer })
    const [hint, outcome] = await Promise.all([again, wait(patience / 2)])
    signal.throwIfAborted()
    const second = reply()
    if (second !== undefined) return second
    if (hint !== undefined) return { kind: hint }
    if (outcome === 'heldUp' && heldUp < mostHeldUp) continue
    return failure === 'unsent' ? 'unsent' : { kind: 'silence' }
  }
}
