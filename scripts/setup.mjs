/**
 * Makes a clone ready to work: installs the dependencies when the lockfile has changed since the last time, then
 * builds what has changed (`--no-build` leaves that out). Silent when there is nothing to do. Plain JavaScript without
 * dependencies, because it runs before anything is installed; every root script starts with it.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const binaries = join(root, 'node_modules', '.bin')
const stamp = join(root, 'node_modules', '.setup-stamp')
const lock = join(root, '.cache', 'setup.lock')

class SetupError extends Error {}

async function run(command, args, sentence) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(15 * 60 * 1000),
    env: {
      ...process.env,
      CI: 'true', // no questions, no progress bars
      PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      npm_config_update_notifier: 'false',
      npm_config_loglevel: 'error', // `npm run --silent` would hide why an installation failed
      npm_config_fetch_retry_mintimeout: '1000',
      npm_config_fetch_retry_maxtimeout: '5000',
    },
  })
  const [[status, error], stdout, stderr] = await Promise.all([ending(child), text(child.stdout), text(child.stderr)])
  if (status === 0) return
  const output = `${stdout}${stderr}`.trim()
  throw new SetupError(sentence(output, error), { cause: output })
}

/** The exit code, or why there is none. */
function ending(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve([null, error]))
    child.once('close', (status) => resolve([status, undefined]))
  })
}

function installFailure(output, error) {
  if (error?.code === 'ENOENT') return 'npx is missing: install npm together with Node.js and run this again.'
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_PNPM_META_FETCH_FAIL|ERR_SOCKET_TIMEOUT/.test(
      output,
    )
  ) {
    return 'The package registry cannot be reached, and dependencies are missing: connect to the network and run this again.'
  }
  if (/ERR_PNPM_OUTDATED_LOCKFILE/.test(output)) {
    return 'pnpm-lock.yaml does not match a package.json: run `npx pnpm@12 install` and commit the lockfile.'
  }
  return 'Installing the dependencies failed; what pnpm said stands above.'
}

async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const started = Date.now()
  console.error('Installing the dependencies ...')
  await run('npx', ['--yes', '--prefer-offline', 'pnpm@12', 'install', '--frozen-lockfile'], installFailure)
  writeFileSync(stamp, wanted)
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

async function build() {
  const started = Date.now()
  let said = false
  const patience = setTimeout(() => {
    said = true
    console.error('Building ...')
  }, 2_000)
  await run('turbo', ['run', 'build', '--output-logs=errors-only'], (_output, error) =>
    error === undefined ? 'The build failed; its errors stand above.' : `turbo did not start: ${error.message}`,
  ).finally(() => clearTimeout(patience))
  if (said) console.error(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two runs in one clone take turns. A lock whose process is gone counts for nothing. */
async function withLock(work) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const deadline = Date.now() + 15 * 60 * 1000
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const holder = Number(readIfPresent(lock))
      if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true })
      if (Date.now() > deadline)
        throw new SetupError(`Another setup runs for too long: end process ${holder} or delete ${lock}.`)
      await sleep(100)
    }
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function readIfPresent(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

try {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`Node.js 20 or newer is needed to set up; this is ${process.versions.node}.`)
  await withLock(async () => {
    await install()
    if (!process.argv.includes('--no-build')) await build()
  })
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  if (error.cause) console.error(error.cause)
  console.error(error.message)
  process.exitCode = 1
}
