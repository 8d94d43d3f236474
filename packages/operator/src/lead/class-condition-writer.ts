import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '@failover-ip/core'
import { failoverIPClassResource, type EventRecord, type FailoverIPClassStatus } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import type { ClassAccount, Finding } from '../accounts/class-account.ts'
import { createChangeSignal } from '../caches/change-signal.ts'
import type { ClassRecord } from '../caches/class-record.ts'
import type { ClusterKnowledge } from '../cluster-knowledge.ts'
import { withClassConditions } from '../status/class-conditions.ts'
import type { ClassStatus } from '../status/class-status.ts'
import { keepWritten } from './keep-written.ts'

export interface ClassConditionWriterOptions {
  readonly knowledge: ClusterKnowledge
  readonly classStatus: ClassStatus
  readonly clock: Clock
  readonly emit: (event: EventRecord) => void
  /** Tells the log. */
  readonly warn: (event: EventRecord) => void
  readonly onTrouble: (error: unknown) => void
}

type Findings = Pick<ClassAccount, 'accepted' | 'credentialsValid'>

interface Wanted {
  readonly name: string
  readonly uid: string
  readonly generation: number
  /** As cached. */
  readonly stored: readonly Condition[]
  readonly findings: Findings
}

/** Milliseconds: what was written is not written over again sooner, or two operators would do so without a pause. */
const restInterval = 10_000

/** The findings of a class that were told last, and when this operator wrote just these (local monotonic milliseconds). */
interface Told {
  readonly text: string
  writtenAt?: number
}

/** Keeps the conditions of this operator's classes true until the signal is aborted. */
export async function writeClassConditions(options: ClassConditionWriterOptions, signal: AbortSignal): Promise<void> {
  const changed = createChangeSignal()
  const stop = options.knowledge.onChange(changed.notify)
  const told = new Map<string, Told>()
  const write = (): Promise<readonly unknown[]> => writeAll(options, told, signal)
  await keepWritten({ ...options, changed, write }, signal)
  stop()
}

async function writeAll(
  { knowledge, classStatus, clock, emit, warn }: ClassConditionWriterOptions,
  told: Map<string, Told>,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const failures: unknown[] = []
  const all = knowledge.classes().flatMap((record) => wantedOf(record, knowledge))
  for (const wanted of all) {
    const { name, uid, generation, findings } = wanted
    const text = JSON.stringify([generation, findings])
    // The cache may be behind what was written.
    const before = told.get(uid)
    const last: Told = before?.text === text ? before : { text }
    const news = last === before ? [] : problemsOf(wanted)
    told.set(uid, last)
    // What is told of the caches is not told again for each class.
    for (const { event } of news) if (event.reason !== 'MissingRight') warn(event)
    for (const { event } of news.filter(({ isStored }) => !isStored)) emit(event)
    if (isShown(wanted)) continue
    try {
      const [now, at] = [clock.now(), clock.monotonic()]
      const isResting = last.writtenAt !== undefined && at - last.writtenAt < restInterval
      const change = (status: FailoverIPClassStatus): FailoverIPClassStatus => {
        if (isResting && !isShown({ ...wanted, stored: status.conditions ?? [] })) throw new RewrittenError(name)
        return withClassConditions(status, findings, generation, now)
      }
      await classStatus.change({ name, uid }, change, { signal })
      if (!isResting) last.writtenAt = at
    } catch (error) {
      failures.push(error)
    }
  }
  const uids = new Set(all.map(({ uid }) => uid))
  for (const uid of told.keys()) if (!uids.has(uid)) told.delete(uid)
  return failures
}

/** Somebody else keeps writing what only this operator should. */
class RewrittenError extends Error {
  readonly code = 'ConditionsRewritten'

  constructor(name: string) {
    super(
      `Somebody else rewrites the conditions of FailoverIPClass ${name}. Does a second operator serve its controllerName?`,
    )
    this.name = 'RewrittenError'
  }
}

function wantedOf(record: ClassRecord, knowledge: ClusterKnowledge): readonly Wanted[] {
  const { name, uid } = record
  const account = withRefusals(knowledge.accounts.classAccount(uid), knowledge.refusals())
  if (record.kind === 'own' && account !== undefined) {
    const { generation, status } = record.value
    return [{ name, uid, generation, stored: status.conditions ?? [], findings: account }]
  }
  // A status that is not understood is not touched.
  if (record.kind !== 'unreadable' || record.status === undefined) return []
  const { generation } = record.problem.identity
  const findings = account ?? unreadable(record.problem.message)
  return [{ name, uid, generation, stored: record.status.conditions ?? [], findings }]
}

/** A missing right keeps no class from being served with what is known, but what changes is not seen. */
function withRefusals(findings: Findings | undefined, refusals: readonly string[]): Findings | undefined {
  if (findings?.accepted.status !== 'True' || refusals.length === 0) return findings
  const message = `${refusals.join(' ')} What was known before keeps working.`
  return { ...findings, accepted: { status: 'False', reason: 'MissingRight', message } }
}

function unreadable(message: string): Findings {
  return {
    accepted: { status: 'False', reason: 'InvalidSpec', message },
    credentialsValid: { status: 'Unknown', reason: 'NotChecked', message: 'The spec cannot be read.' },
  }
}

function isShown({ stored, findings, generation }: Wanted): boolean {
  const shows = (type: string, { status, reason, message }: Finding): boolean => {
    const condition = stored.find((each) => each.type === type)
    if (condition === undefined) return false
    const { status: s, reason: r, message: m, observedGeneration } = condition
    return isDeepStrictEqual([s, r, m, observedGeneration], [status, reason, message, generation])
  }
  return shows('Accepted', findings.accepted) && shows('CredentialsValid', findings.credentialsValid)
}

interface ClassProblem {
  readonly event: EventRecord
  /** The stored conditions show it already. */
  readonly isStored: boolean
}

function problemsOf({ name, uid, stored, findings }: Wanted): readonly ClassProblem[] {
  const problems = new Map([findings.accepted, findings.credentialsValid].map((finding) => [finding.reason, finding]))
  const regarding = { type: failoverIPClassResource, name, uid }
  return [...problems.values()].flatMap(({ status, reason, message }) => {
    if (status !== 'False') return []
    const event = { regarding, type: 'Warning', reason, action: 'Validate', note: message } as const
    return [{ event, isStored: stored.some((condition) => condition.reason === reason) }]
  })
}
