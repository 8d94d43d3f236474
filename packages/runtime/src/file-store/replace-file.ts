import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileVersion, type FileVersion } from './file-version.ts'

/**
 * Replaces a file's contents so that a crash at any moment leaves the old or the new ones, whole, and what it resolved
 * for survives the loss of power. One writer at a time.
 *
 * @param onReplaced told the new version once the file has it, though it may still be lost with the power
 */
export async function replaceFile(
  path: string,
  contents: string,
  onReplaced: (version: FileVersion) => void,
): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  let version: FileVersion
  try {
    await file.writeFile(contents)
    await file.sync()
    version = fileVersion(await file.stat({ bigint: true }))
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  onReplaced(version)
  await syncFolder(dirname(path))
}

/** Makes the new name durable, where folders can be synchronised (not on Windows). */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
