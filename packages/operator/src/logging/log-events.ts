import type { FailoverEvent, ProbePathEvent } from '@failover-ip/core'
import type { EventRecord } from '@failover-ip/kubernetes'
import type { Logger } from '@failover-ip/process'

export function logEventRecord(logger: Logger, { regarding, reason, note }: EventRecord): void {
  const { type, namespace, name } = regarding
  logger.warn(note, { object: `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`, reason })
}

export function logPathEvent(logger: Logger, { type, summary, node, reason }: ProbePathEvent): void {
  if (type === 'Warning') logger.warn(summary, { node, reason })
  else logger.info(summary, { node, reason })
}

export function logFailoverEvent(logger: Logger, { type, summary, key, reason }: FailoverEvent): void {
  if (type === 'Warning') logger.warn(summary, { failoverIP: key, reason })
  else logger.info(summary, { failoverIP: key, reason })
}
