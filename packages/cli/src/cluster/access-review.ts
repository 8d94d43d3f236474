import { withDeadline } from '@failover-ip/core'
import type { KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { z } from 'zod'

/** A right in Kubernetes, as RBAC has it. */
export interface Right {
  readonly verb: string
  /** Empty for the core group. */
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  /** Absent: cluster-wide. */
  readonly namespace?: string
  readonly name?: string
}

/** `unknown`: the asker may not ask, or the API server has no answer. */
export type Access = 'allowed' | 'denied' | 'unknown'

/** Asks whether somebody has a right. Changes nothing: a review is computed, not stored. */
export type ReviewAccess = (right: Right, options: { readonly signal: AbortSignal }) => Promise<Access>

/** @param of a user, like `system:serviceaccount:failover-ip:operator`; absent: whoever asks */
export function createReviewAccess(
  context: { readonly transport: KubernetesTransport; readonly clock: Clock },
  of?: string,
): ReviewAccess {
  const { transport, clock } = context
  const kind = of === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  return async ({ verb, group, resource, subresource, namespace, name }, { signal }) => {
    const resourceAttributes = { verb, group, resource, subresource, namespace, name }
    const spec = { resourceAttributes, ...(of === undefined ? {} : { user: of, groups: groupsOf(of) }) }
    const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec })
    return withDeadline({ clock, milliseconds: 10_000, signal, what: `the ${kind}` }, async (bounded) => {
      const response = await transport.request({
        method: 'POST',
        path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body,
        signal: bounded,
      })
      const answer = accessSchema.safeParse(await jsonOf(response.body))
      if (response.status !== 201 || !answer.success) return 'unknown'
      return answer.data.status.allowed ? 'allowed' : 'denied'
    })
  }
}

const accessSchema = z.object({ status: z.object({ allowed: z.boolean() }) })

/** Those that the API server gives a service account by itself. */
function groupsOf(user: string): readonly string[] {
  const [, , namespace] = user.split(':')
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace ?? ''}`, 'system:authenticated']
}

async function jsonOf(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
