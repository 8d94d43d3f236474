import type { ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import type { ReviewAccess, Right } from '../cluster/access-review.ts'
import type { RunningOperator } from '../cluster/running-operators.ts'
import type { Finding } from '../report/finding.ts'

const ours = 'failover-ip.dev'

/** What an operator cannot do without, as its delivered roles have it. Roles may name the Lease and the Secret. */
function operatorRights({ namespace, lease }: RunningOperator, secret: string | undefined): readonly Right[] {
  const each = (verbs: readonly string[], right: Omit<Right, 'verb'>): readonly Right[] =>
    verbs.map((verb) => ({ verb, ...right }))
  const leases = { group: 'coordination.k8s.io', resource: 'leases' }
  return [
    ...each(['get', 'list', 'watch', 'patch'], { group: ours, resource: 'failoverips' }),
    ...each(['get', 'list', 'watch'], { group: ours, resource: 'failoveripclasses' }),
    ...each(['list', 'watch'], { group: ours, resource: 'failovernodes' }),
    ...each(['update'], { group: ours, resource: 'failoverips', subresource: 'status' }),
    ...each(['update'], { group: ours, resource: 'failoveripclasses', subresource: 'status' }),
    ...each(['get', 'list', 'watch'], { group: '', resource: 'nodes' }),
    ...each(['list', 'watch'], { group: '', resource: 'namespaces' }),
    ...each(['list', 'watch'], { group: '', resource: 'services' }),
    ...each(['patch'], { group: '', resource: 'services', subresource: 'status' }),
    ...each(['create', 'patch'], { group: 'events.k8s.io', resource: 'events' }),
    ...each(['get', 'list', 'watch'], { ...leases, namespace: 'kube-node-lease' }),
    ...each(['create'], { ...leases, namespace }),
    ...each(['get', 'update'], { ...leases, namespace, name: lease }),
    ...(secret === undefined
      ? []
      : each(['list', 'watch'], { group: '', resource: 'secrets', namespace, name: secret })),
  ]
}

/** Whether the operator's service account has them. `review` asks for that account. */
export async function checkRights(
  operator: RunningOperator,
  { spec }: ParsedFailoverIPClass,
  review: ReviewAccess,
  options: { readonly signal: AbortSignal },
): Promise<Finding> {
  const subject = 'rights'
  const { serviceAccount, namespace } = operator
  const rights = operatorRights(operator, spec.credentialsSecretRef?.name)
  const answers = await Promise.all(rights.map(async (right) => ({ right, access: await review(right, options) })))
  const account = `${namespace}/${serviceAccount ?? ''}`
  const denied = answers.filter(({ access }) => access === 'denied').map(({ right }) => describeRight(right))
  if (denied.length > 0) {
    const message = `The service account ${account} may not ${denied.join('; ')}: give it the roles that the operator is delivered with.`
    return { subject, verdict: 'FAIL', message }
  }
  if (answers.some(({ access }) => access === 'unknown')) {
    return {
      subject,
      verdict: 'skip',
      message: `You may not ask for the rights of ${account} (create subjectaccessreviews).`,
    }
  }
  return { subject, verdict: 'ok', message: `${account} has all ${rights.length} that the operator needs` }
}

function describeRight({ verb, resource, subresource, namespace }: Right): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`
}
