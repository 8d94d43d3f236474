/**
 * Runs the end-to-end suites: `run.ts [packages|agent|api|cluster|chart|failover] [vitest's arguments]`, all projects by default. What the machine
 * lacks is installed, built, or said in one sentence before any test starts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareNamespaces } from './agent/prepare.ts'
import { CommandError } from './harness/command.ts'
import { foreignKubeconfig } from './harness/foreign-kubeconfig.ts'
import { MissingError } from './harness/missing-error.ts'
import { buildPrograms, controlPlanePrograms, prepareMachine } from './harness/programs.ts'

const allProjects = ['packages', 'agent', 'api', 'cluster', 'chart', 'failover'] as const
type Project = (typeof allProjects)[number]
/** Those that run in the cluster of three nodes. */
const withNodes: ReadonlySet<Project> = new Set(['cluster', 'chart', 'failover'])

async function prepare(projects: readonly Project[]): Promise<void> {
  if (projects.includes('agent')) await prepareNamespaces()
  if (projects.some((project) => withNodes.has(project))) {
    await prepareMachine()
    useKubectl(await buildPrograms())
  } else if (projects.includes('packages') || (projects.includes('api') && !process.env['KUBEBUILDER_ASSETS']))
    useKubectl(await buildPrograms(['kubectl']))
  if (projects.includes('api') && (await foreignKubeconfig()) === undefined) await controlPlanePrograms()
}

/** The suites' kubectl is of the server's version; without it the machine's own is taken. */
function useKubectl(folder: string): void {
  process.env['PATH'] = `${folder}${delimiter}${process.env['PATH'] ?? ''}`
}

async function runSuites(projects: readonly Project[], argv: readonly string[]): Promise<number> {
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
  const program = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')))
  const chosen = projects.map((project) => `--project=${project}`)
  const vitest = spawn(process.execPath, [program, 'run', `--config=${config}`, ...chosen, ...argv], {
    stdio: 'inherit',
  })
  // A Ctrl-C reaches vitest by itself, a signal to this process does not; both wait for its clean-up.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => vitest.kill('SIGTERM'))
  await once(vitest, 'exit')
  return vitest.exitCode ?? 1
}

// Debian keeps `ip` and `nft` where a plain `su` does not look.
process.env['PATH'] = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)
const [first, ...rest] = process.argv.slice(2)
const one = allProjects.find((project) => project === first)
const projects: readonly Project[] = one === undefined ? allProjects : [one]
const argv = one === undefined ? process.argv.slice(2) : rest
// A run of a part of the suites leaves the report alone that `npm run cases` reads.
const report = `reports/${one === undefined ? 'e2e' : `e2e-${one}`}.json`
const reporters = argv.length > 0 ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
try {
  await prepare(projects)
  process.exitCode = await runSuites(projects, [...reporters, ...argv])
} catch (error) {
  if (error instanceof MissingError) console.error(error.message)
  else if (!(error instanceof CommandError)) throw error // a command has said on standard error what is missing
  process.exitCode = 1
}
