import type { Nonce, ProbeMessage } from './probe-message.ts'
import { tagLength } from './key-ring.ts'
import type { ByteWriter } from './byte-writer.ts'

/** What stands before a message, readable without a key and not to be trusted without one. */
export interface MessageHeader {
  readonly kind: ProbeMessage['kind']
  readonly keyID: number
  readonly nonce: Nonce
  readonly time: number
}

/** Why a packet cannot even be looked at. */
export type HeaderFault = 'truncated' | 'oversized' | 'foreign' | 'foreignVersion' | 'malformed'

/** Also the largest packet that is looked at. Larger than any message, smaller than any link's limit. */
export const longestPacket = 1024

const magic = [0x46, 0x49, 0x50] as const
const version = 1
const kinds = ['probe', 'reply', 'question', 'answer'] as const
const sessionLength = 8

export const headerLength: number = magic.length + 1 + 1 + 4 + sessionLength + 6 + 6

export function writeHeader({ kind, keyID, nonce, time }: MessageHeader, writer: ByteWriter): void {
  writer.bytes(Uint8Array.of(...magic, version, kinds.indexOf(kind)))
  writer.uint(keyID, 4)
  writer.bytes(Buffer.from(nonce.session, 'hex'))
  writer.uint(nonce.sequence, 6)
  writer.uint(Math.max(0, Math.round(time)), 6)
}

export function readHeader(packet: Uint8Array): MessageHeader | HeaderFault {
  if (packet.length > longestPacket) return 'oversized'
  if (packet.length < magic.length + 1) return 'truncated'
  if (magic.some((byte, index) => packet[index] !== byte)) return 'foreign'
  if (packet[magic.length] !== version) return 'foreignVersion'
  if (packet.length < headerLength + tagLength) return 'truncated'
  const buffer = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  const kind = kinds[buffer.readUInt8(4)]
  if (kind === undefined) return 'malformed'
  return {
    kind,
    keyID: buffer.readUInt32BE(5),
    nonce: { session: buffer.toString('hex', 9, 9 + sessionLength), sequence: buffer.readUIntBE(17, 6) },
    time: buffer.readUIntBE(23, 6),
  }
}
