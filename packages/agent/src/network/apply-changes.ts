import { CommandError } from '../commands/command-error.ts'
import type { RunCommand, RunOptions } from '../commands/run-command.ts'
import type { Change } from './change.ts'
import { changeText, type IpChange } from './change-text.ts'
import type { ChangeFailure } from './network.ts'
import { translationScript } from './translation-rules.ts'

/** A process for each change would take as many times 3 ms; more in one would not end before its deadline on a busy node. */
const batchLimit = 200

/** Makes changes by `ip` and `nft`, as many at once as can be. */
export async function applyChanges(
  changes: readonly Change[],
  run: RunCommand,
  options: RunOptions,
): Promise<readonly ChangeFailure[]> {
  const failures: ChangeFailure[] = []
  for (let rest = changes; rest.length > 0;) {
    const [first] = rest
    if (first?.kind === 'setTranslations') {
      const input = translationScript(first.translations)
      const error = await failureOf(run(['nft', '-f', '-'], { ...options, input }), options)
      if (error !== undefined) failures.push({ change: first, error })
      rest = rest.slice(1)
    } else {
      const batch = untilTranslations(rest).slice(0, batchLimit)
      const { done, failed } = await applyBatch(batch, run, options)
      failures.push(...failed)
      rest = rest.slice(done)
    }
  }
  return failures
}

function untilTranslations(changes: readonly Change[]): readonly IpChange[] {
  const end = changes.findIndex(({ kind }) => kind === 'setTranslations')
  return (end < 0 ? changes : changes.slice(0, end)).flatMap((change) =>
    change.kind === 'setTranslations' ? [] : change,
  )
}

/** A batch ends at its first failure, and says at which line; those after it are for the next one. */
async function applyBatch(
  batch: readonly IpChange[],
  run: RunCommand,
  options: RunOptions,
): Promise<{ readonly done: number; readonly failed: readonly ChangeFailure[] }> {
  const input = batch.map((change) => `${changeText(change)}\n`).join('')
  const error = await failureOf(run(['ip', '-batch', '-'], { ...options, input }), options)
  if (error === undefined) return { done: batch.length, failed: [] }
  const [whole, line] = (error instanceof CommandError && /\n?Command failed -:(\d+)/.exec(error.stderr)) || []
  const change = batch[Number(line) - 1]
  if (whole === undefined || change === undefined || !(error instanceof CommandError)) {
    return { done: batch.length, failed: batch.map((one) => ({ change: one, error })) }
  }
  const why = error.stderr.replace(whole, '')
  const told = new CommandError(error.code, ['ip', ...changeText(change).split(' ')], why, error)
  return { done: Number(line), failed: [{ change, error: told }] }
}

async function failureOf(attempt: Promise<unknown>, { signal }: RunOptions): Promise<unknown> {
  try {
    await attempt
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return error
  }
}
