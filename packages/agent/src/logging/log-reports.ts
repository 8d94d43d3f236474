import type { Logger } from '@failover-ip/process'
import type { Change } from '../network/change.ts'
import { changeText } from '../network/change-text.ts'
import type { AddressReport } from '../plane/address-plane.ts'
import type { Problem } from '../target/problem.ts'

/** Logs what was changed on the node, and what stands in the way, once until it is over. */
export function logReports(logger: Logger): (report: AddressReport) => void {
  let known = new Map<string, Problem>()
  return ({ changes, problems }) => {
    for (const change of changes) logger.info('Changed.', { change: textOf(change) })
    const now = new Map(problems.map((problem) => [`${problem.address} ${problem.code}`, problem]))
    for (const [key, { address, code, message }] of now) {
      if (!known.has(key)) logger.warn(message, { address, code })
    }
    for (const [key, { address, code }] of known) {
      if (!now.has(key)) logger.info('A problem is over.', { address, code })
    }
    known = now
  }
}

function textOf(change: Change): string {
  if (change.kind !== 'setTranslations') return `ip ${changeText(change)}`
  const pairs = change.translations.map(({ device, from, to }) => `${device} ${from} -> ${to}`)
  return `nft table: ${pairs.length === 0 ? 'removed' : pairs.join(', ')}`
}
