import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './repository-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failover-ip-build-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Builds etcd with a compiler that writes an empty program, or fails. */
function build(compile: string): { readonly status: number | null; readonly output: string } {
  const go = `#!/usr/bin/env bash\n[ "$1" = version ] && exit\nwhile [ "$1" != -o ]; do shift; done\n${compile}\n`
  writeFileSync(join(folder, 'go'), go)
  chmodSync(join(folder, 'go'), 0o755)
  const { status, stdout } = spawnSync('bash', [join(root, 'e2e/cluster/build.sh'), 'etcd'], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: folder, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
  })
  return { status, output: stdout.trim() }
}
/** All that lies in the folders of programs. */
const built = (): readonly string[] => {
  const cache = join(folder, 'failover-ip')
  const clusters = readdirSync(cache).filter((name) => name.startsWith('cluster-'))
  return clusters.flatMap((name) => readdirSync(join(cache, name)))
}

test.runIf(process.platform === 'linux')('the build of the cluster leaves nothing but its programs', () => {
  expect(build('touch "$2"')).toMatchObject({ status: 0, output: expect.stringContaining(folder) })
  expect(built()).toEqual(['etcd'])
})

test.runIf(process.platform === 'linux')('a build that fails leaves nothing, and the next one succeeds', () => {
  expect(build('touch "$2"; exit 1').status).not.toBe(0)
  expect(built()).toEqual([])
  expect(build('touch "$2"').status).toBe(0)
  expect(built()).toEqual(['etcd'])
})
