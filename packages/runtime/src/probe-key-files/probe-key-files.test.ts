import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyRing } from '../udp-probes/wire/key-ring.ts'
import type { ProbeKeyFileError } from './probe-key-file-error.ts'
import { openProbeKeyFiles, type ProbeKeyFiles } from './probe-key-files.ts'

const keyOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const idOf = (fill: number): number => createKeyRing({ current: keyOf(fill) }).current.id

let directory: string
let clock: VirtualClock
let problems: ProbeKeyFileError[]
let rotations = 0

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'failover-ip-key-'))
  clock = createVirtualClock()
  problems = []
})

afterEach(() => rm(directory, { recursive: true }))

const openKeys = (): Promise<ProbeKeyFiles> =>
  openProbeKeyFiles({ directory, clock, onProblem: (problem) => problems.push(problem) })

/** As the kubelet does it: a new folder, a link to it under another name, and that renamed over `..data`. */
async function mountSecret(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const folder = `..${(rotations += 1)}`
  await mkdir(join(directory, folder))
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(directory, folder, name), bytes)
    await symlink(join('..data', name), join(directory, name)).catch(() => undefined)
  }
  await symlink(folder, join(directory, '..data_tmp'))
  await rename(join(directory, '..data_tmp'), join(directory, '..data'))
}

/** Follows the files until they have been read once more. */
async function reread(keys: ProbeKeyFiles): Promise<void> {
  const stop = new AbortController()
  const following = keys.follow(stop.signal)
  await clock.advance(5000)
  stop.abort()
  await following
}

describe('the keys of a mounted Secret', () => {
  test('are there at once, the second one too', async () => {
    await mountSecret({ current: keyOf(1), other: keyOf(2) })
    const ring = (await openKeys()).keyRing()
    expect(ring.current.id).toBe(idOf(1))
    expect(ring.find(idOf(2))?.id).toBe(idOf(2))
  })

  test('may lie in a plain folder, and an empty second key is none', async () => {
    await writeFile(join(directory, 'current'), keyOf(1))
    await writeFile(join(directory, 'other'), '')
    const ring = (await openKeys()).keyRing()
    expect(ring.current.id).toBe(idOf(1))
  })

  test('are one where both files have the same', async () => {
    await mountSecret({ current: keyOf(1), other: keyOf(1) })
    expect((await openKeys()).keyRing().current.id).toBe(idOf(1))
  })

  test('are rotated without a restart', async () => {
    await mountSecret({ current: keyOf(1), other: keyOf(2) })
    const keys = await openKeys()
    await mountSecret({ current: keyOf(2), other: keyOf(1) })
    await reread(keys)
    expect(keys.keyRing().current.id).toBe(idOf(2))
    expect(keys.keyRing().find(idOf(1))?.id).toBe(idOf(1))
    expect(problems).toEqual([])
  })

  test('are taken from one moment, also where a file shows the next', async () => {
    await mountSecret({ current: keyOf(1), other: keyOf(2) })
    // Read through the folder's own names these would be twice the same.
    await rm(join(directory, 'other'))
    await writeFile(join(directory, 'other'), keyOf(1))
    expect((await openKeys()).keyRing().find(idOf(2))?.id).toBe(idOf(2))
  })

  test('stay the same object while they are the same', async () => {
    await mountSecret({ current: keyOf(1) })
    const keys = await openKeys()
    const ring = keys.keyRing()
    await mountSecret({ current: keyOf(1) })
    await reread(keys)
    expect(keys.keyRing()).toBe(ring)
  })
})

describe('content that is no key', () => {
  test.each([
    ['nothing', () => Promise.resolve(), 'ProbeKeyFileMissing'],
    ['no current one', () => mountSecret({ other: keyOf(1) }), 'ProbeKeyFileMissing'],
    ['a short one', () => mountSecret({ current: new Uint8Array(15) }), 'ProbeKeyFilesInvalid'],
    ['a short second one', () => mountSecret({ current: keyOf(1), other: new Uint8Array(15) }), 'ProbeKeyFilesInvalid'],
    ['a folder', () => mkdir(join(directory, 'current')), 'ProbeKeyFileUnreadable'],
    ['a whole file', () => mountSecret({ current: new Uint8Array(4097) }), 'ProbeKeyFileTooLong'],
  ] as const)('is an error at the start: %s', async (_, make, code) => {
    await make()
    await expect(openKeys()).rejects.toMatchObject({ name: 'ProbeKeyFileError', code })
  })

  test('later on leaves the last good keys and is told once, and again when it comes back', async () => {
    await mountSecret({ current: keyOf(1) })
    const keys = await openKeys()
    await mountSecret({ current: new Uint8Array(3) })
    await reread(keys)
    await reread(keys)
    expect(problems.map(({ code }) => code)).toEqual(['ProbeKeyFilesInvalid'])
    expect(keys.keyRing().current.id).toBe(idOf(1))
    expect(problems[0]?.message).toMatch(/3 bytes/)

    await mountSecret({ current: keyOf(2) })
    await reread(keys)
    expect(keys.keyRing().current.id).toBe(idOf(2))
    await mountSecret({ current: new Uint8Array(3) })
    await reread(keys)
    expect(problems.length).toBe(2)
    expect(keys.keyRing().current.id).toBe(idOf(2))
  })
})
