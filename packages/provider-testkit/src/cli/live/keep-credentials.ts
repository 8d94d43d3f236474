import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface KeepCredentialsOptions {
  readonly provider: string
  /** Those in use. */
  readonly credentials: Readonly<Record<string, string>>
  /** Where they came from; undefined: from the environment, which cannot be written. */
  readonly file: string | undefined
  /** Where a file is made for those that came from none. */
  readonly folder: string
  readonly write: (text: string) => void
}

type Save = (change: Readonly<Record<string, string>>) => Promise<void>

/**
 * Keeps credentials that the cloud has replaced, whole, in the file that they came from, or in a new one of which nobody
 * else can read: a token that is lost means a new login.
 */
export function keepCredentials(options: KeepCredentialsOptions): Save {
  const { provider, file, folder, write } = options
  let current = options.credentials
  let kept = file
  const keep = async (text: string): Promise<string> => {
    if (kept !== undefined) {
      await writeFile(kept, text, { mode: 0o600 })
      return kept
    }
    for (let number = 1; ; number++) {
      const path = join(folder, `${provider}-credentials${number === 1 ? '' : `-${number}`}.json`)
      try {
        // Never over something else.
        await writeFile(path, text, { mode: 0o600, flag: 'wx' })
        kept = path
        return path
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || number === mostFiles) throw error
      }
    }
  }
  return async (change) => {
    current = { ...current, ...change }
    const path = await keep(`${JSON.stringify(current, undefined, 2)}\n`)
    const next = file === undefined ? ` What the environment has is void: give --credentials ${path} from now on.` : ''
    write(`The cloud has replaced ${Object.keys(change).join(', ')}; the new value is in ${path}.${next}\n`)
  }
}

const mostFiles = 100
