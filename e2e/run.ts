/**
 * Runs the end-to-end suites: `run.ts [api|cluster] [vitest's arguments]`, both projects by default. What the machine
 * lacks is installed, built, or said in one sentence before any test starts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CommandError } from './harness/command.ts'
import { buildPrograms, prepareMachine } from './harness/programs.ts'

type Project = 'api' | 'cluster'

async function prepare(projects: readonly Project[]): Promise<void> {
  if (projects.includes('cluster')) {
    await prepareMachine()
    await buildPrograms()
  } else if (!process.env['KUBECONFIG'] && !process.env['KUBEBUILDER_ASSETS']) {
    await buildPrograms(['etcd', 'kube-apiserver'])
  }
}

async function runSuites(projects: readonly Project[], argv: readonly string[]): Promise<number> {
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
  const chosen = projects.map((project) => `--project=${project}`)
  const vitest = spawn('vitest', ['run', `--config=${config}`, ...chosen, ...argv], { stdio: 'inherit' })
  // A Ctrl-C reaches vitest by itself, a signal to this process does not; both wait for its clean-up.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => vitest.kill('SIGTERM'))
  const [code] = await once(vitest, 'exit')
  return typeof code === 'number' ? code : 1
}

const [first, ...rest] = process.argv.slice(2)
const one = first === 'api' || first === 'cluster' ? first : undefined
const projects: readonly Project[] = one === undefined ? ['api', 'cluster'] : [one]
try {
  await prepare(projects)
  process.exitCode = await runSuites(projects, one === undefined ? process.argv.slice(2) : rest)
} catch (error) {
  // The script has said on standard error what is missing; anything else is news.
  if (!(error instanceof CommandError)) console.error(error)
  process.exitCode = 1
}
