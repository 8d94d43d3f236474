import type { ParsedFailoverIP } from '@failover-ip/kubernetes'
import type { Finding } from '../report/finding.ts'

/** Reasons that pass by themselves. */
const passing: ReadonlySet<string> = new Set([
  'Pending',
  'Moving',
  'Held',
  'CoolingDown',
  'AccountLimit',
  'RateLimited',
  'Busy',
  'NoFreeSlot',
  'Unsettled',
  'Deleting',
  'Paused',
  'DryRun',
])

/** Reasons of one that is served all the same, but would not be moved, or not as it is written. */
const warnings: ReadonlySet<string> = new Set([
  'Paused',
  'DryRun',
  'InvalidSpec',
  'NoDefaultClass',
  'SeveralDefaultClasses',
  'SpreadUndecidable',
])

/** What the operator itself says of a FailoverIP, whichever provider it has. */
export function checkReady({ status, generation }: ParsedFailoverIP): Finding {
  const subject = 'ready'
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  if (ready === undefined) return { subject, verdict: 'warn', message: 'No operator has looked at it yet.' }
  const { reason, message } = ready
  const said = `${reason}: ${message}`
  if (ready.observedGeneration !== undefined && ready.observedGeneration < generation) {
    return { subject, verdict: 'warn', message: `No operator has looked at its latest change; before, ${said}` }
  }
  if (ready.status === 'True') return { subject, verdict: warnings.has(reason) ? 'warn' : 'ok', message: said }
  return { subject, verdict: passing.has(reason) ? 'warn' : 'FAIL', message: said }
}
