import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'
import type {} from './plane-process.ts'

/** Makes one file of the program that the suites start again and again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-agent-'))
  const outfile = join(folder, 'plane.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('plane.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@failover-ip/source'],
    logLevel: 'error',
  })
  project.provide('planeProgram', outfile)
  return async () => await rm(folder, { recursive: true })
}
