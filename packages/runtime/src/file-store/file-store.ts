import { access, constants, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FailoverIPStatus, StateStore } from '@failover-ip/core'
import { parseOptions } from '@failover-ip/provider'
import { z } from 'zod'
import { replaceFile } from './replace-file.ts'
import { stateFileSchema } from './state-file.ts'
import { StateFileError } from './state-file-error.ts'

/** Thousands of FailoverIPs fit; a file beyond it is something else. */
const largestFile = 16 * 1024 * 1024

const options = z.strictObject({ path: z.string().min(1, 'is empty') })

type Statuses = Readonly<Record<string, FailoverIPStatus>>

/**
 * State in one JSON file, written whole: a crash leaves the state before or after a change. The folder must exist, which
 * is found out when the state is loaded; one process may use a file at a time. Rejects with `StateFileError`. Saves that
 * come while one is being written are written together. Throws `ConfigurationError` without a path.
 *
 * @example
 * const store = fileStore('/var/lib/failover/state.json')
 */
export function fileStore(path: string): StateStore {
  parseOptions(options, { path }, 'fileStore')
  let loaded: Promise<Map<string, FailoverIPStatus>> | undefined
  let writing: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined

  const statuses = (): Promise<Map<string, FailoverIPStatus>> => {
    loaded ??= readState(path).then((state) => new Map(Object.entries(state)))
    loaded.catch(() => {
      loaded = undefined
    })
    return loaded
  }

  /** The write that begins when the one under way has ended, and holds all that is saved until then. */
  const nextWrite = (): Promise<void> => {
    queued ??= writing
      .catch(() => undefined)
      .then(async () => {
        queued = undefined
        await writeState(path, Object.fromEntries(await statuses()))
      })
    writing = queued
    return queued
  }

  return {
    load: async () => Object.fromEntries(await statuses()),
    save: async (key, status) => {
      const known = await statuses()
      known.set(key, status)
      await nextWrite()
    },
  }
}

async function readState(path: string): Promise<Statuses> {
  await checkFolder(path)
  const contents = await readContents(path)
  if (contents === undefined) return {}
  let json: unknown
  try {
    json = JSON.parse(contents)
  } catch (error) {
    throw corrupted(path, 'it is no JSON', error)
  }
  const state = stateFileSchema.safeParse(json)
  if (state.success) return state.data.failoverIPs
  const [issue] = state.error.issues
  throw corrupted(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown problem'}`, state.error)
}

/** Found out before anything is moved whose record could not be kept. */
async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path)
  try {
    // A file in the place of a folder fails with the slash.
    await access(`${folder}/`, constants.W_OK)
  } catch (error) {
    const isMissing = hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
    const [problem, advice] = isMissing ? ['does not exist', 'create it'] : ['cannot be written', 'check its rights']
    const message = `The folder ${folder} of the state file ${path} ${problem}: ${advice}, or name another file.`
    throw new StateFileError('StateUnwritable', path, message, error)
  }
}

async function readContents(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    if (size > largestFile) {
      const message = `The file ${path} has ${size} bytes, more than any state: name another file.`
      throw new StateFileError('StateTooLarge', path, message)
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof StateFileError) throw error
    if (hasCode(error, 'ENOENT')) return undefined
    const message = `The state file ${path} cannot be read: it must be a file that this user may read.`
    throw new StateFileError('StateUnreadable', path, message, error)
  }
}

async function writeState(path: string, failoverIPs: Statuses): Promise<void> {
  const contents = `${JSON.stringify({ version: 1, failoverIPs }, undefined, 2)}\n`
  if (Buffer.byteLength(contents) > largestFile) {
    const message = `The state would have more than ${largestFile} bytes: spread the addresses over several processes.`
    throw new StateFileError('StateTooLarge', path, message)
  }
  try {
    await replaceFile(path, contents)
  } catch (error) {
    const message = `The state file ${path} cannot be written: its folder must exist, be writable and have space left.`
    throw new StateFileError('StateUnwritable', path, message, error)
  }
}

function corrupted(path: string, problem: string, cause: unknown): StateFileError {
  const message =
    `The state file ${path} is damaged (${problem}). Restore it from a copy; or move it away and start again: addresses ` +
    'are then adopted where the provider has them, and what was being changed is forgotten.'
  return new StateFileError('StateCorrupted', path, message, cause)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
