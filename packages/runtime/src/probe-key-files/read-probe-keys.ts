import { open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProbeKeys } from '../udp-probes/wire/key-ring.ts'
import { ProbeKeyFileError } from './probe-key-file-error.ts'

/** Bytes. A key of 32 is as good as a longer one, so what is longer than this was not meant as a key. */
const longestKey = 4096

/**
 * The keys of a folder: the file `current`, and `other` where there is one. An `other` that is empty, or the same as `current`, is
 * none. Rejects with a `ProbeKeyFileError`.
 */
export async function readProbeKeys(directory: string): Promise<ProbeKeys> {
  const folder = await folderOfOneMoment(directory)
  const current = await readKey(join(folder, 'current'))
  if (current === undefined) {
    const path = join(directory, 'current')
    throw new ProbeKeyFileError(
      'ProbeKeyFileMissing',
      path,
      `There is no probe key ${path}: mount the Secret with the keys there.`,
    )
  }
  const other = await readKey(join(folder, 'other'))
  const isNone = other === undefined || other.length === 0 || Buffer.compare(other, current) === 0
  return isNone ? { current } : { current, other }
}

/**
 * The kubelet keeps all files of a Secret in a folder that `..data` points to, and replaces that link. Who reads through
 * it file by file may get `current` of one rotation and `other` of the next.
 */
async function folderOfOneMoment(directory: string): Promise<string> {
  return await realpath(join(directory, '..data')).catch(() => directory)
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined
    throw unreadable(path, cause)
  })
  if (file === undefined) return undefined
  try {
    const buffer = new Uint8Array(longestKey + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    if (bytesRead <= longestKey) return buffer.subarray(0, bytesRead)
  } catch (cause) {
    throw unreadable(path, cause)
  } finally {
    await file.close()
  }
  const message = `The probe key ${path} has more than ${longestKey} bytes: put 32 random bytes there.`
  throw new ProbeKeyFileError('ProbeKeyFileTooLong', path, message)
}

function unreadable(path: string, cause: unknown): ProbeKeyFileError {
  const message = `The probe key ${path} cannot be read (${codeOf(cause)}): make it readable for this process.`
  return new ProbeKeyFileError('ProbeKeyFileUnreadable', path, message, cause)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}
