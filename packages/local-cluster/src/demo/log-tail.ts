import { open } from 'node:fs/promises'

const tailBytes = 16 * 1024

/** The last lines of a file; none when it cannot be read. */
export async function logTail(path: string, lines: number): Promise<readonly string[]> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-lines)
  } finally {
    await file.close()
  }
}
