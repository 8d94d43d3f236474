import { expect, test } from 'vitest'
import { examplesOf } from './readme-examples.ts'

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
