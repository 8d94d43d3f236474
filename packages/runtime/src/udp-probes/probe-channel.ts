import type { Clock } from '@failover-ip/provider'
import type { Datagrams, Endpoint, OnPacket, SendFailure } from './net/datagrams.ts'
import type { ProbeCounters } from './probe-counters.ts'
import { openPacket, sealMessage, type OpenedPacket } from './wire/codec.ts'
import type { KeyRing } from './wire/key-ring.ts'
import { readHeader } from './wire/message-header.ts'
import type { ProbeReply, ProbeRequest, WitnessAnswer, WitnessQuestion } from './wire/probe-message.ts'

export type Request = Omit<ProbeRequest, 'nonce'> | Omit<WitnessQuestion, 'nonce'>
export type Answer = ProbeReply | WitnessAnswer

/** Who answers requests. */
export interface Responder {
  /** Before its signature is checked. */
  admits(from: Endpoint): boolean
  /** An authentic request, with the length that an answer may have. */
  respond(request: OpenedPacket, from: Endpoint, length: number): void
}

export interface ProbeChannelOptions {
  /** Eight random bytes, in hexadecimal: other ones for each process. */
  readonly session: string
  readonly keyRing: () => KeyRing
  readonly clock: Clock
  readonly counters: ProbeCounters
  /** They hand what comes to `receive`. */
  readonly datagrams: Datagrams
}

/** Messages over datagrams: the numbers of requests, and to which of them an answer belongs. */
export interface ProbeChannel {
  readonly datagrams: Datagrams
  /**
   * Sends a request. `onAnswer` is told of its first authentic answer by the node it is meant for, also a late one, and
   * never after two seconds.
   */
  ask(
    request: Request,
    to: Endpoint,
    onAnswer: (answer: Answer) => void,
    onFailure: (failure: SendFailure) => void,
  ): void
  /** The packet of a request that is sent in another way. `undefined`: a text in it is too long. */
  prepare(request: Request, onAnswer: (answer: Answer) => void): Buffer | undefined
  readonly receive: OnPacket
  /** From now on requests are answered; before, they are dropped. */
  serve(responder: Responder): void
  readonly send: (packet: Uint8Array, to: Endpoint, onFailure?: (failure: SendFailure) => void) => void
}

/** Milliseconds for which an answer is still an answer: longer than anybody's patience, and than most networks'. */
const answerLife = 2000
/** Ten rounds of probes to thousands of nodes; the oldest goes when there are more. */
const mostOpen = 65_536

interface OpenRequest {
  readonly request: Request
  readonly sentAt: number
  readonly onAnswer: (answer: Answer) => void
}

export function createProbeChannel(options: ProbeChannelOptions): ProbeChannel {
  const { session, keyRing, clock, counters, datagrams } = options
  /** By number, the oldest first. */
  const open = new Map<number, OpenRequest>()
  let last = 0
  let responder: Responder | undefined

  const forgetOld = (now: number): void => {
    for (const [sequence, { sentAt }] of open) {
      if (now - sentAt <= answerLife && open.size < mostOpen) return
      open.delete(sequence)
    }
  }
  const prepare: ProbeChannel['prepare'] = (request, onAnswer) => {
    const now = clock.monotonic()
    forgetOld(now)
    const sequence = (last += 1)
    try {
      const packet = sealMessage({ ...request, nonce: { session, sequence } }, keyRing().current)
      open.set(sequence, { request, sentAt: now, onAnswer })
      return packet
    } catch {
      return undefined
    }
  }
  const accept = (answer: Answer): void => {
    const { sequence } = answer.nonce
    const waiting = open.get(sequence)
    const wanted = waiting?.request.kind === 'probe' ? 'reply' : 'answer'
    if (waiting === undefined || answer.kind !== wanted || clock.monotonic() - waiting.sentAt > answerLife) {
      counters.drop('unexpected')
    } else if (answer.from !== waiting.request.to) {
      counters.drop('otherNode')
    } else {
      open.delete(sequence)
      waiting.onAnswer(answer)
    }
  }
  const receive: OnPacket = (packet, from) => {
    counters.count('received')
    const header = readHeader(packet)
    if (typeof header === 'string') return counters.drop(header)
    const isRequest = header.kind === 'probe' || header.kind === 'question'
    if (isRequest) {
      if (responder === undefined) return counters.drop('unexpected')
      if (!responder.admits(from)) return counters.drop('limited')
    } else if (header.nonce.session !== session || !open.has(header.nonce.sequence)) {
      return counters.drop('unexpected')
    }
    const opened = openPacket(packet, header, keyRing())
    if (typeof opened === 'string') return counters.drop(opened)
    const { message } = opened
    if (message.kind === 'reply' || message.kind === 'answer') accept(message)
    else responder?.respond(opened, from, packet.length)
  }
  const send: ProbeChannel['send'] = (packet, to, onFailure) => {
    counters.count('sent')
    datagrams.send(packet, to, (failure) => {
      if (failure === 'unsent') counters.count('unsent')
      onFailure?.(failure)
    })
  }

  return {
    datagrams,
    ask: (request, to, onAnswer, onFailure) => {
      const packet = prepare(request, onAnswer)
      if (packet === undefined) onFailure('unsent')
      else send(packet, to, onFailure)
    },
    prepare,
    receive,
    serve: (given) => {
      responder = given
    },
    send,
  }
}
