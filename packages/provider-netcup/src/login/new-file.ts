import { open, rm } from 'node:fs/promises'

/** A file that was not there before and that only its owner can read; empty until it is filled. */
export interface NewFile {
  /** Writes the whole text and closes the file. */
  fill(text: string): Promise<void>
  /** Removes it again. */
  discard(): Promise<void>
}

/** Rejects with one sentence when the file is there already or cannot be made. */
export async function createNewFile(path: string): Promise<NewFile> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new Error(`--output: ${path} ${reasonOf(error)}.`, { cause: error })
  })
  return {
    fill: async (text) => {
      await file.writeFile(text)
      await file.close()
    },
    discard: async () => {
      await file.close()
      await rm(path, { force: true })
    },
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EEXIST':
      return 'is there already; name a new file'
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is in a folder that is not there'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'may not be written by this user'
    default:
      return `cannot be made (${String(code)})`
  }
}
