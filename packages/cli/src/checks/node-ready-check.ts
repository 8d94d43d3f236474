import type { NodeRecord } from '@failover-ip/operator/preflight'
import type { Finding } from '../report/finding.ts'
import { namesOf } from './checked-addresses.ts'

/** Whether the candidates are Ready. Kubernetes takes some 45 s to tell of a node that has lost its power. */
export function checkNodesReady(candidates: readonly NodeRecord[]): readonly Finding[] {
  const subject = 'nodes'
  const away = candidates.filter(({ ready }) => ready !== 'True')
  const count = `${candidates.length - away.length}/${candidates.length} Ready`
  if (candidates.length > 0 && away.length === 0) return [{ subject, verdict: 'ok', message: count }]
  const planned = away.filter(({ unschedulable, shuttingDown, deleting }) => unschedulable || shuttingDown || deleting)
  const lost = away.filter((node) => !planned.includes(node))
  const advice = 'no address goes there. Mend the node; one that is not to come back: kubectl delete node.'
  return [
    ...(lost.length === 0 ? [] : [line('FAIL', lost, `${count}: ${advice}`)]),
    ...(planned.length === 0 ? [] : [line('warn', planned, `${count}; it is cordoned or on its way out.`)]),
  ]

  function line(verdict: Finding['verdict'], nodes: readonly NodeRecord[], says: string): Finding {
    return { subject, verdict, message: `${namesOf(nodes.map(({ name }) => name))}: not Ready, ${says}` }
  }
}
