import { expect, test } from 'vitest'
import { CommandError } from '../commands/command-error.ts'
import { monitor } from './monitor.ts'

const { signal } = new AbortController()

test('hands over each line, and none for its start and for a complaint', async () => {
  const lines: string[] = []
  const program = 'console.log("2: eth0 a"); console.log("2: eth0 b"); console.error("out of buffers")'
  const ended = await monitor([process.execPath, '-e', program], (line) => lines.push(line), signal).catch(
    (error: unknown) => error,
  )
  expect(ended).toBeInstanceOf(CommandError)
  expect(ended).toMatchObject({ code: 'CommandFailed', stderr: 'out of buffers' })
  expect(lines[0]).toBe('')
  expect(lines.toSorted()).toEqual(['', '', '2: eth0 a', '2: eth0 b'])
})

test('ends its program with the signal', async () => {
  const stop = new AbortController()
  const program = 'console.log(process.pid); setInterval(() => {}, 1000)'
  let pid = 0
  const ended = monitor(
    [process.execPath, '-e', program],
    (line) => {
      if (line === '') return
      pid = Number(line)
      stop.abort('enough')
    },
    stop.signal,
  )
  await expect(ended).rejects.toBe('enough')
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test('says when there is no such program', async () => {
  const ended = monitor(['/nowhere/ip'], () => undefined, signal)
  await expect(ended).rejects.toMatchObject({ code: 'CommandMissing' })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
