import type { ServerReference } from '@failover-ip/provider'
import type { Health } from '../health/verdict.ts'
import type { Assignment } from '../placement/placement-result.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'

/** Where a FailoverIP belongs. */
export interface Target {
  readonly node: string
  readonly server: ServerReference
}

/** `undefined`: nowhere, on a dead node that it is not on anyway, or its units could not all go there. */
export function targetOf(
  { servers, splitLocations, home }: FailoverIPReview,
  assignment: Assignment | undefined,
  { verdicts }: Pick<Health, 'verdicts'>,
): Target | undefined {
  const node = splitLocations === undefined ? (assignment?.node ?? undefined) : undefined
  if (node !== undefined && node !== home && verdicts.get(node)?.verdict === 'dead') return undefined
  const server = node === undefined ? undefined : servers.serverOf(node)
  return node === undefined || server === undefined ? undefined : { node, server }
}
