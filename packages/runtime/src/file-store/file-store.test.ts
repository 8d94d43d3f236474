import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, type FailoverIPStatus } from '@failover-ip/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStore } from './file-store.ts'
import { StateFileError } from './state-file-error.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failover-ip-'))
  path = join(folder, 'state.json')
})

afterEach(() => rm(folder, { recursive: true }))

const at = '2026-01-01T00:00:00.000Z'
const server = { id: '2', location: 'fr-par-1' }
const status: FailoverIPStatus = {
  observedGeneration: 1,
  addresses: [
    {
      address: '51.15.129.35',
      unit: '51.15.129.35/32',
      epoch: 1_767_225_601,
      node: 'a',
      server: { id: '1', location: 'fr-par-1' },
      changedAt: at,
      operation: {
        id: 'x',
        kind: 'assign',
        epoch: 1_767_225_602,
        reason: 'NodeDead',
        to: server,
        toNode: 'b',
        startedAt: at,
        callTimeoutSeconds: 5,
        providerOperation: { job: [1, null, { deep: true }] },
      },
    },
  ],
  node: 'a',
  standbys: ['b'],
  lastMove: { reason: 'NodeDead', from: 'b', to: 'a', startedAt: at, confirmedAt: at },
  moves: 1,
  nextMoveNotBefore: at,
  rejectedNodes: { Dead: 1 },
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Serving', message: '' },
  ],
}

async function failure(attempt: Promise<unknown>): Promise<StateFileError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof StateFileError ? error : expect.fail(`no StateFileError: ${String(error)}`)
}

test('is empty at first, and writes nothing by being read', async () => {
  expect(await fileStore(path).load()).toEqual({})
  expect(await readdir(folder)).toEqual([])
})

test('keeps everything for the next process', async () => {
  const store = fileStore(path)
  await store.save('web', status)
  await store.save('api', {})
  expect(await store.load()).toEqual({ web: status, api: {} })
  expect(await fileStore(path).load()).toEqual({ web: status, api: {} })
  expect(await readdir(folder)).toEqual(['state.json'])
})

test('keeps what it was not told about', async () => {
  await fileStore(path).save('web', status)
  await fileStore(path).save('api', { node: 'b' })
  expect(await fileStore(path).load()).toEqual({ web: status, api: { node: 'b' } })
})

test('a save that has ended is in the file, however many come at once', async () => {
  const store = fileStore(path)
  await store.load()
  const names = Array.from({ length: 50 }, (_, index) => `ip-${index}`)
  await Promise.all(
    names.map(async (name, index) => {
      await store.save(name, { moves: index })
      expect(await fileStore(path).load()).toMatchObject({ [name]: { moves: index } })
    }),
  )
  expect(Object.keys(await fileStore(path).load())).toEqual(names)
})

test('saves nothing any more once another process has written the file', async () => {
  const [first, second] = [fileStore(path), fileStore(path)]
  await first.save('web', { node: 'a' })
  await second.load()
  await first.save('web', { node: 'b' })
  for (const attempt of [second.save('web', { node: 'c' }), second.save('api', { node: 'c' })]) {
    expect(await failure(attempt)).toMatchObject({ code: 'StateTaken', message: expect.stringContaining(path) })
  }
  await first.save('api', { node: 'a' })
  expect(await fileStore(path).load()).toEqual({ web: { node: 'b' }, api: { node: 'a' } })
})

test('never writes into the file that holds the state, but beside it', async () => {
  await fileStore(path).save('web', { node: 'a' })
  const before = await open(path, 'r')
  try {
    await fileStore(path).save('web', { node: 'b' })
    expect(JSON.parse(await before.readFile('utf8'))).toMatchObject({ failoverIPs: { web: { node: 'a' } } })
  } finally {
    await before.close()
  }
})

test('a write that was cut off leaves the state before it', async () => {
  await fileStore(path).save('web', status)
  await writeFile(`${path}.new`, '{"version":1,"failov')
  expect(await fileStore(path).load()).toEqual({ web: status })
  await fileStore(path).save('web', { node: 'b' })
  expect(await fileStore(path).load()).toEqual({ web: { node: 'b' } })
})

test.each([
  ['nothing', ''],
  ['half of it', '{"version":1,"failoverIPs":{"web":{'],
  ['something else', '[]'],
  ['a version of the future', '{"version":2,"failoverIPs":{}}'],
  ['a wrong field', '{"version":1,"failoverIPs":{"web":{"moves":"many"}}}'],
])('says what to do about a file that holds %s, and leaves it as it is', async (_, contents) => {
  await writeFile(path, contents)
  const store = fileStore(path)
  for (const attempt of [store.load(), store.save('web', status)]) {
    const error = await failure(attempt)
    expect([error.code, error.path]).toEqual(['StateCorrupted', path])
    expect(error.message).toMatch(/move it away and start again/)
  }
  expect(await readFile(path, 'utf8')).toBe(contents)
})

test('does not read what cannot be a state', async () => {
  await writeFile(path, '')
  await truncate(path, 17 * 1024 * 1024)
  expect((await failure(fileStore(path).load())).code).toBe('StateTooLarge')
})

test('does not write more than it would read', async () => {
  const large = {
    conditions: [{ ...(status.conditions?.[0] ?? expect.fail()), message: 'x'.repeat(17 * 1024 * 1024) }],
  }
  expect((await failure(fileStore(path).save('web', large))).code).toBe('StateTooLarge')
})

test('says so when the file system refuses, and works again afterwards', async () => {
  const unreadable = await failure(fileStore(folder).load())
  expect(unreadable).toMatchObject({ code: 'StateUnreadable', message: expect.stringContaining(folder) })
  const store = fileStore(path)
  await store.load()
  await rm(folder, { recursive: true })
  expect(await failure(store.save('web', status))).toMatchObject({
    code: 'StateUnwritable',
    path,
    message: `The state file ${path} cannot be written: its folder must exist, be writable and have space left.`,
  })
  await mkdir(folder)
  await store.save('api', { node: 'a' })
  expect(await fileStore(path).load()).toEqual({ web: status, api: { node: 'a' } })
})

test('says at once that its folder does not exist, or is none, and takes it when it is there', async () => {
  const inside = join(folder, 'missing')
  const store = fileStore(join(inside, 'state.json'))
  for (const attempt of [store.load(), store.save('web', status)]) {
    expect(await failure(attempt)).toMatchObject({
      code: 'StateUnwritable',
      message: `The folder ${inside} of the state file ${join(inside, 'state.json')} does not exist: create it, or name another file.`,
    })
  }
  await writeFile(path, '{}')
  expect(await failure(fileStore(join(path, 'state.json')).load())).toMatchObject({
    message: `The folder ${path} of the state file ${join(path, 'state.json')} does not exist: create it, or name another file.`,
  })
  await mkdir(inside)
  expect(await store.load()).toEqual({})
})

test.each([[undefined], ['']])('throws a typed error for the path %j', (wrong) => {
  const make = (): unknown => Reflect.apply(fileStore, undefined, [wrong])
  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow('fileStore cannot work with what it was given: "path" is')
})
