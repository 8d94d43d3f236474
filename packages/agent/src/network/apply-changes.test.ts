import { expect, test } from 'vitest'
import { CommandError } from '../commands/command-error.ts'
import type { RunCommand } from '../commands/run-command.ts'
import { applyChanges } from './apply-changes.ts'
import type { Change } from './change.ts'

const { signal } = new AbortController()
const add = (number: number): Change => ({
  kind: 'addAddress',
  address: { device: 'eth0', address: `203.0.113.${number}`, prefixLength: 32, scope: 'global' },
})
const translate: Change = { kind: 'setTranslations', translations: [] }

interface Kernel {
  readonly run: RunCommand
  /** The programs that were run. */
  readonly programs: string[]
  /** The addresses that were added. */
  readonly added: string[]
}

/** As `ip -batch` behaves: it stops at the first line that fails, and names it. */
function kernel(refuses: (line: string) => boolean): Kernel {
  const programs: string[] = []
  const added: string[] = []
  return {
    programs,
    added,
    run: (command, { input = '' }) => {
      programs.push(command[0])
      for (const [index, line] of input.trim().split('\n').entries()) {
        const address = /(203[^/]*)/.exec(line)?.[1] ?? 'table'
        if (refuses(address)) {
          const stderr = `RTNETLINK answers: File exists\nCommand failed -:${index + 1}`
          return Promise.reject(new CommandError('CommandFailed', command, stderr))
        }
        if (command[0] === 'ip') added.push(address)
      }
      return Promise.resolve('')
    },
  }
}

test('makes many changes by few processes, in their order', async () => {
  const { run, programs, added } = kernel(() => false)
  const many = Array.from({ length: 250 }, (_, index) => add(index))
  expect(await applyChanges([...many, translate, add(250)], run, { signal })).toEqual([])
  expect(programs).toEqual(['ip', 'ip', 'nft', 'ip'])
  expect(added).toEqual(Array.from({ length: 251 }, (_, index) => `203.0.113.${index}`))
})

test('tells each change that failed, and makes all others', async () => {
  const { run, added } = kernel((address) => ['203.0.113.1', '203.0.113.3', 'table'].includes(address))
  const failures = await applyChanges([add(0), add(1), add(2), add(3), translate, add(4)], run, { signal })
  expect(added).toEqual(['203.0.113.0', '203.0.113.2', '203.0.113.4'])
  expect(failures.map(({ change }) => change)).toEqual([add(1), add(3), translate])
  expect(String(failures[0]?.error)).toBe(
    'CommandError: "ip address add 203.0.113.1/32 dev eth0 scope global metric 747600747" failed: RTNETLINK answers: File exists',
  )
})

test('takes all of a batch for failed when it does not say where it ended', async () => {
  const error = new CommandError('CommandTimedOut', ['ip'], '')
  const failures = await applyChanges([add(0), add(1)], () => Promise.reject(error), { signal })
  expect(failures).toEqual([add(0), add(1)].map((change) => ({ change, error })))
})

test('ends with its signal', async () => {
  const stop = new AbortController()
  const run: RunCommand = () => {
    stop.abort('enough')
    return Promise.reject(new Error('killed'))
  }
  await expect(applyChanges([add(0), add(1)], run, { signal: stop.signal })).rejects.toBe('enough')
})
