import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadProvider } from './load-provider.ts'
import { readCredentials } from './read-credentials.ts'

const provider = (name: string): string =>
  `{ specificationVersion: 'v1', name: '${name}', create: () => ({}),
     parameters: { '~standard': { validate: (value) => ({ value }) } },
     credentials: { '~standard': { jsonSchema: { input: () => ({ properties: { TOKEN: {} } }) } } } }`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-provider-'))
  writeFileSync(
    join(folder, 'one.mjs'),
    `export const acme = ${provider('acme')}\nexport const other = 7\n` +
      `export const unverifiedFacts = [{ claim: 'x', judge: () => 'holds' }, 3]`,
  )
  writeFileSync(join(folder, 'two.mjs'), `export const a = ${provider('a')}\nexport const b = ${provider('b')}`)
  writeFileSync(join(folder, 'none.mjs'), 'export const a = {}')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('finds the provider that a package exports, and its unverified facts', async () => {
  const { provider: found, unverifiedFacts } = await loadProvider('./one.mjs', folder)
  expect([found.name, unverifiedFacts.map(({ claim }) => claim)]).toEqual(['acme', ['x']])
  expect((await loadProvider('./two.mjs', folder, 'b')).provider.name).toBe('b')
})

it.each([
  ['./two.mjs', 'exports the providers a, b. Choose one'],
  ['./none.mjs', 'exports no provider'],
  ['no-such-package', "cannot be loaded: Cannot find module 'no-such-package'. Install it here"],
])('says what is wrong with %s', async (specifier, message) => {
  await expect(loadProvider(specifier, folder)).rejects.toThrow(message)
})

it('reads credentials from a file, or from variables of the names that the Secret has', async () => {
  const { provider: found } = await loadProvider('./one.mjs', folder)
  const read = (file?: string, environment: Record<string, string> = {}): Promise<object> =>
    readCredentials(found, {}, { environment, ...(file === undefined ? {} : { file: { path: 'x', text: file } }) })
  expect(await read('{ "TOKEN": "a" }')).toEqual({ TOKEN: 'a' })
  expect(await read('# comment\nTOKEN=a=b\n\n')).toEqual({ TOKEN: 'a=b' })
  expect(await read(undefined, { TOKEN: 'c', HOME: '/' })).toEqual({ TOKEN: 'c' })
  await expect(read()).rejects.toThrow('set TOKEN')
})
