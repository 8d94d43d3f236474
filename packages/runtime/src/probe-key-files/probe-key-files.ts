import type { Clock } from '@failover-ip/provider'
import { createKeyRing, type KeyRing, type ProbeKeys } from '../udp-probes/wire/key-ring.ts'
import { ProbeKeyError } from '../udp-probes/wire/probe-key-error.ts'
import { ProbeKeyFileError } from './probe-key-file-error.ts'
import { readProbeKeys } from './read-probe-keys.ts'

export interface ProbeKeyFilesOptions {
  /** A folder with the file `current`, and `other` while keys are rotated: raw bytes, as a Secret is mounted. */
  readonly directory: string
  readonly clock: Clock
  /** Later content that cannot be used, once for each kind until it is good again; the last good keys stay. */
  readonly onProblem: (problem: ProbeKeyFileError) => void
}

/** The keys of the probes as they are in their files now. */
export interface ProbeKeyFiles {
  /** The last good ones; the same object while they are the same. */
  keyRing(): KeyRing
  /** Reads the files again and again, so that a rotation needs no restart. Resolves when the signal is aborted. */
  follow(signal: AbortSignal): Promise<void>
}

/** Milliseconds. The kubelet takes a minute to bring a changed Secret, so this adds little; reading costs two small files. */
const rereadEvery = 5000

/**
 * Rejects with a `ProbeKeyFileError` while there are no usable keys.
 *
 * @example
 * const keys = await openProbeKeyFiles({ directory: '/etc/failover-ip/probe-key', clock, onProblem: log })
 * const prober = udpProber({ keyRing: keys.keyRing })
 * await keys.follow(signal)
 */
export async function openProbeKeyFiles({ directory, clock, onProblem }: ProbeKeyFilesOptions): Promise<ProbeKeyFiles> {
  let keys = await readProbeKeys(directory)
  let keyRing = keyRingOf(keys, directory)
  let told: string | undefined

  const reread = async (): Promise<void> => {
    try {
      const found = await readProbeKeys(directory)
      if (!isSame(found, keys)) {
        keyRing = keyRingOf(found, directory)
        keys = found
      }
      told = undefined
    } catch (error) {
      const problem = asProblem(error, directory)
      if (problem.message !== told) onProblem(problem)
      told = problem.message
    }
  }

  return {
    keyRing: () => keyRing,
    follow: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(rereadEvery, { signal }).catch(() => undefined)
        if (!signal.aborted) await reread()
      }
    },
  }
}

function keyRingOf(keys: ProbeKeys, directory: string): KeyRing {
  try {
    return createKeyRing(keys)
  } catch (error) {
    throw asProblem(error, directory)
  }
}

function asProblem(error: unknown, directory: string): ProbeKeyFileError {
  if (error instanceof ProbeKeyFileError) return error
  const why = error instanceof ProbeKeyError ? error.message : 'They cannot be read.'
  const message = `The probe keys in ${directory} cannot be used. ${why}`
  return new ProbeKeyFileError('ProbeKeyFilesInvalid', directory, message, error)
}

const isSame = (a: ProbeKeys, b: ProbeKeys): boolean =>
  Buffer.compare(a.current, b.current) === 0 &&
  Buffer.compare(a.other ?? new Uint8Array(), b.other ?? new Uint8Array()) === 0
