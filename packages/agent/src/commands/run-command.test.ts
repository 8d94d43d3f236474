import { expect, test } from 'vitest'
import { CommandError } from './command-error.ts'
import { runCommand } from './run-command.ts'

const { signal } = new AbortController()
const program = (text: string): [string, ...string[]] => [process.execPath, '-e', text]

async function failure(attempt: Promise<unknown>): Promise<CommandError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof CommandError ? error : expect.fail(`no CommandError: ${String(error)}`)
}

test('gives what a program says, whatever its arguments look like to a shell', async () => {
  const text = '$(id); `id` > /tmp/x "'
  expect(await runCommand([process.execPath, '-e', 'process.stdout.write(process.argv[1])', text], { signal })).toBe(
    text,
  )
  expect(await runCommand(program('process.stdin.pipe(process.stdout)'), { signal, input: 'a\nb' })).toBe('a\nb')
})

test('tells a program that fails from one that is missing', async () => {
  const failed = await failure(runCommand(program('console.error("no such device"); process.exitCode = 2'), { signal }))
  expect([failed.code, failed.stderr]).toEqual(['CommandFailed', 'no such device'])
  expect((await failure(runCommand(['/nowhere/ip'], { signal }))).code).toBe('CommandMissing')
})

test('ends a program that says too much, and keeps the end of what it complains about', async () => {
  const flood = 'const b = Buffer.alloc(1 << 20); const w = () => process.stdout.write(b, w); w()'
  expect((await failure(runCommand(program(flood), { signal }))).code).toBe('OutputTooLarge')
  const talk = 'process.stderr.write("x".repeat(1 << 20) + "end", () => process.exit(1))'
  const { stderr } = await failure(runCommand(program(talk), { signal }))
  expect([stderr.length, stderr.endsWith('end')]).toEqual([4096, true])
})

test('ends with its signal, and starts nothing after it', async () => {
  const controller = new AbortController()
  const running = runCommand(program('setInterval(() => {}, 1000)'), { signal: controller.signal })
  controller.abort('enough')
  await expect(running).rejects.toBe('enough')
  await expect(runCommand(['/nowhere/ip'], { signal: controller.signal })).rejects.toBe('enough')
})
