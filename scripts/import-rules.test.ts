import { expect, test } from 'vitest'
import { checkImports, importsOf } from './import-rules.ts'
import type { Manifest, WorkspacePackage } from './workspace-packages.ts'

const pack = (name: string, manifest: Partial<Manifest> = {}): WorkspacePackage => ({
  folder: `packages/${name}`,
  manifest: { name: `@failover-ip/${name}`, exports: { '.': './src/index.ts' }, ...manifest },
})
const packages = [
  pack('provider'),
  pack('core', { dependencies: { '@failover-ip/provider': 'workspace:*', 'ipaddr.js': '1' } }),
  pack('runtime', { dependencies: { '@failover-ip/core': 'workspace:*' } }),
]
const needed = {
  'packages/core/src/used.ts': `import '@failover-ip/provider'\nimport 'ipaddr.js'`,
  'packages/runtime/src/used.ts': `import '@failover-ip/core'`,
}
const faults = (files: Readonly<Record<string, string>>): readonly string[] =>
  checkImports(
    Object.entries({ ...needed, ...files }).map(([path, text]) => ({ path, text })),
    packages,
  )

test('finds imports of every kind and none in comments', () => {
  const text = [
    "import a from 'a'",
    "import {\n  b,\n} from 'b'",
    "export * from 'c'",
    "export type { D } from 'd'",
    "import 'e'",
    "const f = await import('f')",
    " * import g from 'g'",
    "// import h from 'h'",
  ].join('\n')
  expect(importsOf(text).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('is content with imports in the one direction', () => {
  expect(faults({})).toEqual([])
})

test.each([
  ['an import against the direction', 'packages/provider/src/a.ts', `import '@failover-ip/core'`, /does not declare/],
  ['an undeclared dependency', 'packages/core/src/a.ts', `import 'zod'`, /imports 'zod'/],
  ['a deep import', 'packages/core/src/a.ts', `import '@failover-ip/provider/src/a.ts'`, /does not export/],
  ['a path into another package', 'packages/core/src/a.ts', `import '../../provider/src/a.ts'`, /leaves its package/],
  ['node: in a pure package', 'packages/core/src/a.ts', `import 'node:fs'`, /core is pure/],
  ['the clock in a pure package', 'packages/core/src/a.ts', `const a = new Date()`, /core is pure/],
  ['mutable state of a module', 'packages/runtime/src/a.ts', `let count = 0`, /mutable state/],
  ['a file of oddments', 'packages/runtime/src/utils.ts', '', /name it after/],
  ['a file that has grown too long', 'packages/runtime/src/a.ts', 'a\n'.repeat(451), /451 lines/],
])('refuses %s', (_, path, text, expected) => {
  expect(faults({ [path]: text })).toEqual([expect.stringMatching(expected)])
})

test('refuses a layer that is declared but must not be known', () => {
  const upward = pack('provider', { dependencies: { '@failover-ip/core': 'workspace:*' } })
  const files = [{ path: 'packages/provider/src/a.ts', text: `import '@failover-ip/core'` }]
  expect(checkImports(files, [upward, pack('core')])).toEqual([
    expect.stringMatching(/layer that provider must not know/),
  ])
})

test('refuses a declared dependency that only tests import', () => {
  const files = [{ path: 'packages/runtime/src/a.test.ts', text: `import '@failover-ip/core'` }]
  expect(checkImports(files, packages.slice(2))).toEqual([expect.stringMatching(/which nothing there imports/)])
})

test('names a cycle by the files on it', () => {
  const cycle = {
    'packages/runtime/src/a.ts': `import './b.ts'`,
    'packages/runtime/src/b.ts': `import './c.ts'`,
    'packages/runtime/src/c.ts': `import './a.ts'`,
  }
  expect(faults(cycle)).toEqual([
    'import cycle: packages/runtime/src/a.ts -> packages/runtime/src/b.ts -> packages/runtime/src/c.ts -> packages/runtime/src/a.ts',
  ])
})
