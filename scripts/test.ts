/**
 * `npm test [-- ARGUMENTS]`: the tests that need nothing but Node.js; arguments are vitest's, e.g. part of a path. A run of
 * all of them leaves `reports/test.json`, which `npm run cases` reads; a run of a part leaves it alone.
 */
import { spawn } from 'node:child_process'
import { root } from './repository-files.ts'

const args = process.argv.slice(2)
const report = ['--reporter=default', '--reporter=json', '--outputFile.json=reports/test.json']
const vitest = spawn('vitest', ['run', ...(args.length === 0 ? report : args)], { cwd: root, stdio: 'inherit' })
vitest.on('error', (error) => {
  console.error(`vitest did not start: ${error.message}`)
  process.exitCode = 1
})
vitest.on('exit', (code) => {
  process.exitCode = code ?? 1
})
process.on('SIGINT', () => undefined) // it reaches vitest too, which ends by itself
