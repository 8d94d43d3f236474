import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { judgeMutants, parseMutant, readMutants, type Verdict } from './mutants.ts'
import { root } from './repository-files.ts'

const source = `export const double = (value: number): number => value * 2\n`
const tests = `import { expect, test } from 'vitest'
import { double } from '@fixture/number'

test('doubles a number [A1]', () => expect(double(4)).toBe(8))
test('doubles nothing [A2]', () => expect(double(0)).toBe(0))
test('is wrong from the start [A3]', () => expect(double(1)).toBe(3))
`
const patch = (expected: string, to: string, from = source): string =>
  [
    `# What is wrong: for the test.`,
    `# expect: ${expected}`,
    `# run: packages/user/double.test.ts`,
    `--- a/packages/number/double.ts`,
    `+++ b/packages/number/double.ts`,
    `@@ -1 +1 @@`,
    `-${from.trimEnd()}`,
    `+${to}`,
    '',
  ].join('\n')

let base: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mutants-test-'))
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), content)
  }
  write('.gitignore', 'node_modules\n')
  write('package.json', '{ "type": "module" }')
  write('packages/number/package.json', '{ "name": "@fixture/number", "type": "module", "exports": "./double.ts" }')
  write('packages/number/double.ts', source)
  write('packages/user/package.json', '{ "name": "@fixture/user", "type": "module" }')
  write('packages/user/double.test.ts', tests)
  write('mutants/01-found.patch', patch('[A1]', 'export const double = (value: number): number => value * 3'))
  write('mutants/02-survives.patch', patch('[A2]', 'export const double = (value: number): number => value * 3'))
  write('mutants/03-old.patch', patch('[A1]', 'export const double = 1', 'a line that has changed since'))
  write('mutants/04-broken.patch', patch('[A1]', 'export const double = ('))
  write('mutants/05-no-such-test.patch', patch('[A9]', 'export const double = (value: number): number => value * 3'))
  write('mutants/06-fails-anyway.patch', patch('[A3]', 'export const double = (value: number): number => value * 5'))
  // The package is linked into its user as a package manager does it: relative, so that a copy stays in the copy.
  mkdirSync(join(base, 'packages/user/node_modules/@fixture'), { recursive: true })
  symlinkSync('../../../number', join(base, 'packages/user/node_modules/@fixture/number'))
  symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'))
  execFileSync('git', ['init', '--quiet'], { cwd: base })
})

afterEach(() => rmSync(base, { recursive: true, force: true }))

test('finds a planted fault in another package, and says of each other patch why it proves nothing', async () => {
  const verdicts = new Map<string, Verdict>()
  await judgeMutants(base, readMutants(base), ({ name }, verdict) => verdicts.set(name, verdict))
  expect(verdicts.get('01-found.patch')).toEqual({ found: true, by: 'doubles a number [A1]' })
  expect(verdicts.get('02-survives.patch')).toMatchObject({ found: false, why: expect.stringMatching(/^survives/) })
  expect(verdicts.get('03-old.patch')).toMatchObject({ found: false, why: expect.stringMatching(/^does not apply/) })
  expect(verdicts.get('04-broken.patch')).toMatchObject({
    found: false,
    why: expect.stringMatching(/^breaks the test/),
  })
  expect(verdicts.get('05-no-such-test.patch')).toMatchObject({ found: false, why: expect.stringMatching(/^no test/) })
  expect(verdicts.get('06-fails-anyway.patch')).toMatchObject({
    found: false,
    why: expect.stringMatching(/^fails without/),
  })
  expect(readFileSync(join(base, 'packages/number/double.ts'), 'utf8')).toBe(source)
}, 120_000)

test('refuses a patch whose head names no test', () => {
  expect(() => parseMutant('--- a/x\n+++ b/x\n', '01-x.patch')).toThrow(/01-x\.patch: its head needs/)
})
