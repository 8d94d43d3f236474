import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { textLimits, type ProbeMessage, type WitnessAnswer } from './probe-message.ts'

/** The body of a message: what it says beyond its header. */
type Body<Kind extends ProbeMessage['kind']> = Omit<Extract<ProbeMessage, { kind: Kind }>, 'nonce' | 'time'>

const heards = ['reply', 'handshake', 'refused', 'silence'] as const satisfies readonly WitnessAnswer['heard'][]
const withText = (limit: number): number => 1 + limit
/** What an answer says beside the witness's name: how, when, boot id, last reply, boot id of the witness. */
const answerLength = 1 + 4 + 4 + withText(textLimits.bootID) + 1 + 4 + 2 * withText(textLimits.bootID)
const longest = 0xffff_ffff

/**
 * Requests are filled up to the length of their longest answer, which repeats the name they begin with: nobody can make
 * a node send more than it was sent.
 */
export function writeBody(message: ProbeMessage, writer: ByteWriter): void {
  switch (message.kind) {
    case 'probe':
      writer.text(message.to, textLimits.node)
      writer.zeros(withText(textLimits.bootID))
      return
    case 'reply':
      writer.text(message.from, textLimits.node)
      writer.text(message.bootID, textLimits.bootID)
      return
    case 'question':
      writer.text(message.to, textLimits.node)
      writer.text(message.about, textLimits.node)
      writer.text(message.address, textLimits.address)
      writer.uint(Math.min(Math.max(0, Math.round(message.patience)), 0xffff), 2)
      writer.zeros(answerLength)
      return
    case 'answer':
      writer.text(message.from, textLimits.node)
      writer.uint(heards.indexOf(message.heard), 1)
      writer.uint(age(message.sentAgo), 4)
      writer.uint(age(message.heardAgo), 4)
      writer.text(message.bootID ?? '', textLimits.bootID)
      writer.uint(message.lastReply === undefined ? 0 : 1, 1)
      if (message.lastReply !== undefined) {
        writer.uint(age(message.lastReply.ago), 4)
        writer.text(message.lastReply.bootID, textLimits.bootID)
      }
      if (message.witnessBootID !== undefined) writer.text(message.witnessBootID, textLimits.bootID)
  }
}

function age(milliseconds: number): number {
  return Math.min(Math.max(0, Math.round(milliseconds)), longest)
}

/** Bytes after the body are left alone: filling, or fields of a later release. */
export const readBody: {
  readonly [Kind in ProbeMessage['kind']]: (reader: ByteReader) => Body<Kind> | undefined
} = {
  probe: (reader) => ({ kind: 'probe', to: reader.text(textLimits.node) }),
  reply: (reader) => ({
    kind: 'reply',
    from: reader.text(textLimits.node),
    bootID: reader.text(textLimits.bootID),
  }),
  question: (reader) => ({
    kind: 'question',
    to: reader.text(textLimits.node),
    about: reader.text(textLimits.node),
    address: reader.text(textLimits.address),
    patience: reader.uint(2),
  }),
  answer: (reader) => {
    const from = reader.text(textLimits.node)
    const heard = heards[reader.uint(1)]
    const sentAgo = reader.uint(4)
    const heardAgo = reader.uint(4)
    const bootID = reader.text(textLimits.bootID)
    const hasLastReply = reader.uint(1) === 1
    const lastReply = hasLastReply ? { lastReply: { ago: reader.uint(4), bootID: reader.text(textLimits.bootID) } } : {}
    const witnessBootID = reader.isAtEnd() ? {} : { witnessBootID: reader.text(textLimits.bootID) }
    if (heard === undefined) return undefined
    return {
      kind: 'answer',
      from,
      heard,
      sentAgo,
      heardAgo,
      ...(bootID === '' ? {} : { bootID }),
      ...lastReply,
      ...witnessBootID,
    }
  },
}
