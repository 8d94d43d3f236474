/** Reads big-endian fields of a packet that anybody may have written. What is not there reads as nothing, and `isSound` says so. */
export interface ByteReader {
  uint(bytes: 1 | 2 | 4 | 6): number
  text(limit: number): string
  isAtEnd(): boolean
  /** Whether all that was read so far was there and well-formed. */
  isSound(): boolean
}

export function createByteReader(packet: Uint8Array): ByteReader {
  const buffer = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  let start = 0
  let sound = true
  const take = (count: number): number | undefined => {
    sound &&= start + count <= buffer.length
    if (!sound) return undefined
    start += count
    return start - count
  }
  const uint = (bytes: number): number => {
    const at = take(bytes)
    return at === undefined ? 0 : buffer.readUIntBE(at, bytes)
  }
  return {
    uint,
    text: (limit) => {
      const length = uint(1)
      sound &&= length <= limit
      const at = take(length)
      if (at === undefined) return ''
      const bytes = buffer.subarray(at, at + length)
      const text = bytes.toString('utf8')
      // A replacement character stands for bytes that are no UTF-8; who sends one itself is no loss.
      sound &&= !text.includes('\uFFFD')
      return text
    },
    isAtEnd: () => start === buffer.length,
    isSound: () => sound,
  }
}
