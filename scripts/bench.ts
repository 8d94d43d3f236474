/** `npm run bench -- NAME ...`: runs `bench/NAME.ts` with the arguments that follow; without a name, lists them. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository-files.ts'

const folder = join(root, 'bench')
const [name, ...args] = process.argv.slice(2)
// A benchmark says in its head how it is run; other files of the folder serve them.
const names = readdirSync(folder)
  .flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? [])
  .filter((file) => readFileSync(join(folder, `${file}.ts`), 'utf8').includes(`\`npm run bench -- ${file}`))

if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME [ARGUMENTS]; there are ${names.join(', ')}.`)
  process.exitCode = 2
} else {
  const options = ['--conditions=@failover-ip/source', join(folder, `${name}.ts`), ...args]
  spawn(process.execPath, options, { cwd: root, stdio: 'inherit' }).on('exit', (code) => {
    process.exitCode = code ?? 1
  })
  process.on('SIGINT', () => undefined) // it reaches the benchmark too, which ends by itself
}
