import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleProgram } from '../harness/bundle-program.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `plane.ts`, `cluster-api.ts` and the agent's main program, each in one file, which starts several times as fast. */
    planeProgram: string
    apiProgram: string
    agentProgram: string
  }
}

const programs = [
  ['planeProgram', new URL('plane.ts', import.meta.url)],
  ['apiProgram', new URL('cluster-api.ts', import.meta.url)],
  ['agentProgram', new URL('../../packages/agent/src/main.ts', import.meta.url)],
] as const

/** Makes one file of each program that the suites start again and again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-agent-'))
  for (const [name, source] of programs) {
    const outfile = join(folder, `${name}.mjs`)
    await bundleProgram(source, outfile)
    project.provide(name, outfile)
  }
  return async () => await rm(folder, { recursive: true })
}
