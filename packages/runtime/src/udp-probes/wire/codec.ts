import { createByteReader } from './byte-reader.ts'
import { createByteWriter } from './byte-writer.ts'
import { tagLength, type KeyRing, type ProbeKey } from './key-ring.ts'
import { readBody, writeBody } from './message-body.ts'
import { headerLength, longestPacket, writeHeader, type HeaderFault } from './message-header.ts'
import type { MessageHeader } from './message-header.ts'
import type { ProbeMessage } from './probe-message.ts'

/** Why a packet says nothing. `unknownKey`: signed with neither key. `forged`: the tag does not fit. */
export type PacketFault = HeaderFault | 'unknownKey' | 'forged'

export interface OpenedPacket {
  readonly message: ProbeMessage
  /** What it was signed with: an answer is signed with the same. */
  readonly key: ProbeKey
}

/** A message as a packet, with its HMAC-SHA256 over all of it. Throws a RangeError for a text that is too long. */
export function sealMessage(message: ProbeMessage, key: ProbeKey): Buffer {
  const writer = createByteWriter(longestPacket)
  writeHeader({ ...message, keyID: key.id }, writer)
  writeBody(message, writer)
  writer.bytes(key.sign(writer.written()))
  return writer.written()
}

/** The message of a packet whose header was read, if it is authentic. Never throws. */
export function openPacket(packet: Uint8Array, header: MessageHeader, keys: KeyRing): OpenedPacket | PacketFault {
  const key = keys.find(header.keyID)
  if (key === undefined) return 'unknownKey'
  const signed = packet.subarray(0, packet.length - tagLength)
  if (!key.verify(signed, packet.subarray(signed.length))) return 'forged'
  const reader = createByteReader(signed.subarray(headerLength))
  const body = readBody[header.kind](reader)
  if (body === undefined || !reader.isSound()) return 'malformed'
  const { nonce, time } = header
  return { message: { ...body, nonce, time }, key }
}
