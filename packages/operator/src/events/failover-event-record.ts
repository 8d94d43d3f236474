import type { FailoverEvent } from '@failover-ip/core'
import { failoverIPResource, type EventRecord, type ResourceIdentity } from '@failover-ip/kubernetes'

/** What each event is the outcome of, as `events.k8s.io` asks. */
const actions: Readonly<Record<FailoverEvent['reason'], string>> = {
  NodeDead: 'Judge',
  NodeUnfit: 'Judge',
  NodeLeaving: 'Judge',
  NodeSuspect: 'Judge',
  NodeRecovered: 'Judge',
  Moving: 'Move',
  Moved: 'Move',
  Configured: 'Move',
  Adopted: 'Adopt',
  Drifted: 'Observe',
  ChangeFailed: 'Change',
  Busy: 'Change',
  Resumed: 'Resume',
  Released: 'Delete',
  Retained: 'Delete',
  ReleaseUnsupported: 'Delete',
  Abandoned: 'Delete',
  Problem: 'Reconcile',
  Serving: 'Reconcile',
}

/** A Kubernetes Event about a FailoverIP. A problem has the reason of its condition. */
export function failoverEventRecord(event: FailoverEvent, { name, namespace, uid }: ResourceIdentity): EventRecord {
  const reason = event.reason === 'Problem' ? event.problem : event.reason
  return {
    regarding: { type: failoverIPResource, name, uid, ...(namespace === undefined ? {} : { namespace }) },
    type: event.type,
    reason,
    action: actions[event.reason],
    note: event.summary,
  }
}
