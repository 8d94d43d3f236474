import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('main.ts', import.meta.url))

it('emulates until Ctrl-C', async () => {
  const args = ['--conditions=@failover-ip/source', program, 'emulate', 'scaleway']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const output: AsyncIterable<Buffer> = child.stdout
  let text = ''
  for await (const part of output) {
    text += part.toString()
    if (text.includes('Ctrl-C ends it.')) child.kill('SIGINT')
  }
  const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode]
  expect([code, /emulated at http:\/\/127\.0\.0\.1:\d+/.test(text)]).toEqual([0, true])
})

it('prints nothing of a file of credentials that it cannot read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-'))
  try {
    const files = { provider: join(folder, 'acme.mjs'), credentials: join(folder, 'acme.json') }
    writeFileSync(
      files.provider,
      `const schema = { '~standard': { validate: (value) => ({ value }) } }
       export const acme = { specificationVersion: 'v1', name: 'acme', create: () => ({}), parameters: schema, credentials: schema }`,
    )
    writeFileSync(files.credentials, '{ "TOKEN": "4d1f7c2e-secret", }')
    const args = [
      'live',
      files.provider,
      '--address',
      '192.0.2.1',
      '--servers',
      'a',
      '--credentials',
      files.credentials,
    ]
    const child = spawn(process.execPath, ['--conditions=@failover-ip/source', program, ...args])
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()))
    const [code] = (await once(child, 'close')) as [number]
    expect([code, text]).toEqual([2, expect.stringContaining('acme.json begins like JSON and is none')])
    expect(text).not.toMatch(/4d1f7c2e|TOKEN/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
