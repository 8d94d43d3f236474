import { expect, test } from 'vitest'
import { examplesOf, quoteFaults } from './readme-examples.ts'

test('takes the TypeScript blocks and keeps the line numbers of the page', () => {
  const page = [
    '# Title',
    '```sh',
    'npm start',
    '```',
    'Then:',
    '  ```ts',
    '  const a = 1',
    '  ```',
    '```ts',
    'const b = 2',
    '```',
  ]
  expect(examplesOf('docs/a.md', page.join('\n'))).toEqual([
    { file: 'docs--a.md.1.ts', code: `${'\n'.repeat(6)}const a = 1\n` },
    { file: 'docs--a.md.2.ts', code: `${'\n'.repeat(9)}const b = 2\n` },
  ])
})

test('opens nothing at the end of a block in another language', () => {
  expect(examplesOf('a.md', '```\nx\n```\ntext\n```yaml\na: 1\n```')).toEqual([])
})

test('a block that names a file is not compiled, and has to be what the file says', () => {
  const page = '```ts src/a.ts\nconst a = 1\n```\n```yaml b.yaml\nb: 2\n```\n```ts\nconst c = 3\n```\n'
  const files: Readonly<Record<string, string>> = { 'src/a.ts': 'const a = 1\n' }
  const read = (path: string) => files[path]
  expect(examplesOf('a.md', page).map(({ code }) => code.trim())).toEqual(['const c = 3'])
  expect(quoteFaults('a.md', page, read)).toEqual(['a.md: quotes b.yaml, which does not exist'])
  expect(quoteFaults('a.md', page, () => 'b: 2\n')).toEqual(['a.md: its block of src/a.ts is not what the file says'])
})
