import type { Clock } from '@failover-ip/provider'
import type { Admission } from '../guard/admission.ts'
import type { ReplayGuard } from '../guard/replay-guard.ts'
import type { Endpoint } from '../net/datagrams.ts'
import type { Answer, ProbeChannel, Responder } from '../probe-channel.ts'
import type { ProbeCounters } from '../probe-counters.ts'
import { sealMessage, type OpenedPacket } from '../wire/codec.ts'
import type { WitnessAnswer, WitnessQuestion } from '../wire/probe-message.ts'

export interface ResponderOptions {
  readonly node: string
  readonly bootID: string
  readonly clock: Clock
  readonly counters: ProbeCounters
  readonly admission: Admission
  readonly guard: ReplayGuard
  readonly send: ProbeChannel['send']
  readonly witness: Witness
  readonly onAnswered?: (from: Endpoint) => void
}

export type Testimony = Omit<WitnessAnswer, 'kind' | 'from' | 'nonce' | 'time' | 'witnessBootID'>

/** Looks for itself; `undefined`: it has too much to do, or cannot look. Never rejects. */
export type Witness = (question: WitnessQuestion) => Promise<Testimony | 'busy' | undefined>

/** Answers what is authentic, fresh and meant for this node; the rest it counts. */
export function createResponder(options: ResponderOptions): Responder {
  const { node, bootID, clock, counters, admission, guard, send, witness, onAnswered = () => undefined } = options

  const answer = (message: Answer, { key }: OpenedPacket, to: Endpoint, length: number): void => {
    const packet = sealMessage(message, key)
    if (packet.length > length) counters.drop('tooShort')
    else send(packet, to)
  }
  const testify = async (question: WitnessQuestion, request: OpenedPacket, to: Endpoint, length: number) => {
    const testimony = await witness(question)
    if (testimony === 'busy') counters.drop('busy')
    if (testimony === 'busy' || testimony === undefined) return
    const { nonce } = question
    const spoken = { kind: 'answer', from: node, nonce, time: clock.now(), witnessBootID: bootID } as const
    answer({ ...spoken, ...testimony }, request, to, length)
  }

  return {
    admits: (from) => admission.admits(sourceOf(from)),
    respond: (request, from, length) => {
      const { message } = request
      if (message.kind !== 'probe' && message.kind !== 'question') return
      if (message.to !== node) return counters.drop('otherNode')
      const verdict = guard.admit(message)
      if (verdict !== 'fresh') return counters.drop(verdict)
      admission.welcome(sourceOf(from))
      const { nonce } = message
      if (message.kind === 'question') return void testify(message, request, from, length)
      onAnswered(from)
      answer({ kind: 'reply', from: node, nonce, time: clock.now(), bootID }, request, from, length)
    },
  }
}

function sourceOf({ host, port }: Endpoint): string {
  return `${host} ${port}`
}
