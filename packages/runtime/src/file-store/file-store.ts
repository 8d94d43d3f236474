import { access, constants, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FailoverIPStatus, StateStore } from '@failover-ip/core'
import { parseOptions } from '@failover-ip/provider'
import { z } from 'zod'
import { fileVersion, type FileVersion } from './file-version.ts'
import { replaceFile } from './replace-file.ts'
import { stateFileSchema } from './state-file.ts'
import { StateFileError } from './state-file-error.ts'

/** Thousands of FailoverIPs fit; a file beyond it is something else. */
const largestFile = 16 * 1024 * 1024

const options = z.strictObject({ path: z.string().min(1, 'is empty') })

type Statuses = Readonly<Record<string, FailoverIPStatus>>

/**
 * State in one JSON file, written whole: a crash leaves the state before or after a change. The folder must exist, which
 * is found out when the state is loaded. One process may use a file at a time: once another has written it, nothing is
 * saved any more. Rejects with `StateFileError`. Saves that come while one is being written are written together. Throws
 * `ConfigurationError` without a path.
 *
 * @example
 * const store = fileStore('/var/lib/failover/state.json')
 */
export function fileStore(path: string): StateStore {
  parseOptions(options, { path }, 'fileStore')
  let loaded: Promise<Map<string, FailoverIPStatus>> | undefined
  /** As this process has read or written it last. */
  let version: FileVersion | undefined
  let writing: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined

  const statuses = (): Promise<Map<string, FailoverIPStatus>> => {
    loaded ??= readState(path).then((state) => {
      version = state.version
      return new Map(Object.entries(state.failoverIPs))
    })
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
        const failoverIPs = Object.fromEntries(await statuses())
        await checkOwner(path, version)
        await writeState(path, failoverIPs, (replaced) => {
          version = replaced
        })
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

interface ReadState {
  readonly version: FileVersion | undefined
  readonly failoverIPs: Statuses
}

async function readState(path: string): Promise<ReadState> {
  await checkFolder(path)
  const read = await readContents(path)
  if (read === undefined) return { version: undefined, failoverIPs: {} }
  const { contents, version } = read
  let json: unknown
  try {
    json = JSON.parse(contents)
  } catch (error) {
    throw corrupted(path, 'it is no JSON', error)
  }
  const state = stateFileSchema.safeParse(json)
  if (state.success) return { version, failoverIPs: state.data.failoverIPs }
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

async function readContents(
  path: string,
): Promise<{ readonly contents: string; readonly version: FileVersion } | undefined> {
  try {
    const found = await stat(path, { bigint: true })
    if (found.size > largestFile) {
      const message = `The file ${path} has ${found.size} bytes, more than any state: name another file.`
      throw new StateFileError('StateTooLarge', path, message)
    }
    return { contents: await readFile(path, 'utf8'), version: fileVersion(found) }
  } catch (error) {
    if (error instanceof StateFileError) throw error
    if (hasCode(error, 'ENOENT')) return undefined
    const message = `The state file ${path} cannot be read: it must be a file that this user may read.`
    throw new StateFileError('StateUnreadable', path, message, error)
  }
}

/** Two processes on one file would both move the addresses. One that is gone is written anew. */
async function checkOwner(path: string, version: FileVersion | undefined): Promise<void> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  if (found === undefined || fileVersion(found) === version) return
  const message = `Another process has written the state file ${path}: give each process its own, or stop the other one and start this one again.`
  throw new StateFileError('StateTaken', path, message)
}

async function writeState(
  path: string,
  failoverIPs: Statuses,
  onReplaced: (version: FileVersion) => void,
): Promise<void> {
  const contents = `${JSON.stringify({ version: 1, failoverIPs }, undefined, 2)}\n`
  if (Buffer.byteLength(contents) > largestFile) {
    const message = `The state would have more than ${largestFile} bytes: spread the addresses over several processes.`
    throw new StateFileError('StateTooLarge', path, message)
  }
  try {
    await replaceFile(path, contents, onReplaced)
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
