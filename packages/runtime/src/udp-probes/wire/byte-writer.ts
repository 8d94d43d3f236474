/** Appends big-endian fields to a packet of bounded size. */
export interface ByteWriter {
  uint(value: number, bytes: 1 | 2 | 4 | 6): void
  /** Its length in one byte, then UTF-8. Throws a RangeError when it has more bytes than the limit. */
  text(value: string, limit: number): void
  bytes(value: Uint8Array): void
  zeros(count: number): void
  written(): Buffer
}

export function createByteWriter(size: number): ByteWriter {
  const buffer = Buffer.alloc(size)
  let end = 0
  return {
    uint: (value, bytes) => {
      end = buffer.writeUIntBE(value, end, bytes)
    },
    text: (value, limit) => {
      const length = Buffer.byteLength(value)
      if (length > limit) throw new RangeError(`A text of ${length} bytes does not fit into a probe: ${limit} do.`)
      buffer[end] = length
      end += 1 + buffer.write(value, end + 1)
    },
    bytes: (value) => {
      buffer.set(value, end)
      end += value.length
    },
    zeros: (count) => {
      end += count
    },
    written: () => buffer.subarray(0, end),
  }
}
