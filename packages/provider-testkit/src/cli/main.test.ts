import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
