import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepCredentials } from './keep-credentials.ts'

const credentials = { refreshToken: 'old-token', other: 'stays' }
let folder: string
let said: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keep-credentials-'))
  said = ''
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const keep = (file?: string): ReturnType<typeof keepCredentials> =>
  keepCredentials({ provider: 'acme', credentials, file, folder, write: (text) => void (said += text) })

it('writes the new ones back into the file that they came from', async () => {
  const file = join(folder, 'mine.env')
  await writeFile(file, 'refreshToken=old-token\n')
  await keep(file)({ refreshToken: 'new-token' })
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ refreshToken: 'new-token', other: 'stays' })
  expect(said).toBe(`The cloud has replaced refreshToken; the new value is in ${file}.\n`)
})

it('writes those of the environment into a file of its own, says where, and writes over nothing else', async () => {
  await writeFile(join(folder, 'acme-credentials.json'), 'somebody needs this')
  const save = keep()
  await save({ refreshToken: 'new-token' })
  await save({ refreshToken: 'newer-token' })
  const path = join(folder, 'acme-credentials-2.json')
  expect(await readdir(folder)).toEqual(['acme-credentials-2.json', 'acme-credentials.json'])
  expect(await readFile(join(folder, 'acme-credentials.json'), 'utf8')).toBe('somebody needs this')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ refreshToken: 'newer-token', other: 'stays' })
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600')
  expect(said).toContain(`give --credentials ${path} from now on.`)
  expect(said).not.toMatch(/old-token|new-token|newer-token/u)
})
