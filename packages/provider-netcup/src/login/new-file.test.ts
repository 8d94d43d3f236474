import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNewFile } from './new-file.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-file-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a new file', () => {
  it('takes a text that only its owner can read', async () => {
    const path = join(folder, 'secret.yaml')
    const file = await createNewFile(path)
    expect(readdirSync(folder)).toEqual(['secret.yaml'])
    await file.fill('token')
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['token', 0o600])
  })

  it('is gone when it is not wanted any more', async () => {
    const file = await createNewFile(join(folder, 'secret.yaml'))
    await file.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['kept', 'is there already; name a new file.'],
    ['.', 'is there already; name a new file.'],
    ['nowhere/secret.yaml', 'is in a folder that is not there.'],
    ['kept/secret.yaml', 'is in a folder that is not there.'],
  ])('is refused by one sentence at %s', async (name, reason) => {
    writeFileSync(join(folder, 'kept'), 'mine')
    const path = join(folder, name)
    await expect(createNewFile(path)).rejects.toThrow(new Error(`--output: ${path} ${reason}`))
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('mine')
  })
})
