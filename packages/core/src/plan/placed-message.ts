import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { DecidingLevel } from '../placement/placement-result.ts'

/** By what it got its node, in words that do not change with what others do later. */
const because: Readonly<Record<DecidingLevel, string>> = {
  only: 'no other node may have it',
  sticky: 'it is there already, and the node is fit',
  health: 'the best in health',
  preference: 'the best liked',
  home: 'it is there already, and no other is better',
  load: 'the least loaded',
  hash: 'one of several that are as good',
  none: 'it is left where it is',
}

/**
 * Where it belongs and why. Once it is there it is its being there that keeps it, so that what brought it there stays
 * said until its node or its spec changes; a status is not rewritten for it either.
 */
export function placedMessage(
  { generation, status }: Pick<FailoverIPInput, 'generation' | 'status'>,
  node: string,
  level: DecidingLevel,
  remark?: string,
): string {
  const stored = status.conditions?.find(({ type }) => type === 'Placed')
  const sentence = (why: string): string => `Belongs on ${node}: ${why}.`
  const said = Object.values(because).find((why) => stored?.message.startsWith(sentence(why)))
  const isAsked = stored?.status === 'True' && stored.observedGeneration === generation
  const why = isAsked && said !== undefined ? said : because[level]
  return remark === undefined ? sentence(why) : `${sentence(why)} ${remark}`
}
