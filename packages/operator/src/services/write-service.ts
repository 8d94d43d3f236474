import type { Authority, Publication } from '@failover-ip/core'
import { isApiError, serviceResource, type KubernetesClient } from '@failover-ip/kubernetes'
import type { ServiceChange } from './plan-publication.ts'
import type { PublicationBook } from './publication-book.ts'

/** A change of a Service as it was cached. */
export interface PendingChange extends ServiceChange {
  /** `namespace/name`. */
  readonly key: string
  readonly uid: string
  readonly resourceVersion: string
}

export interface ServiceWriting {
  readonly client: KubernetesClient
  readonly authority: Authority
  readonly book: PublicationBook
}

/** Writes the ingress of a Service, if the Service is as it was when that was decided. What came of it is in the book. */
export async function writeService(
  change: PendingChange,
  { client, authority, book }: ServiceWriting,
  signal: AbortSignal,
): Promise<void> {
  const { key, uid, resourceVersion, ingress } = change
  if (!authority.mayAct()) return
  const [namespace = '', name = ''] = key.split('/')
  const status = { loadBalancer: { ingress: ingress.length === 0 ? null : ingress } }
  const body = { metadata: { uid, resourceVersion }, status }
  book.sends(key, ingress)
  try {
    const patch = { type: 'merge', subresource: 'status', body } as const
    const { metadata } = await client.patch(serviceResource, { namespace, name }, patch, { signal })
    book.wrote(key, ingress, metadata)
  } catch (error) {
    signal.throwIfAborted()
    // What has changed, or is gone, the cache shows in a moment.
    if (isApiError(error, 'Conflict') || isApiError(error, 'NotFound')) book.refused(key)
    else book.failed(key, failureOf(error, name))
  }
}

function failureOf(error: unknown, name: string): NonNullable<Publication['condition']> {
  if (isApiError(error, 'Forbidden')) {
    const message = `Patching the status of the Service ${name} (services/status) is not allowed by RBAC.`
    return { status: 'False', reason: 'MissingRight', message }
  }
  const why = isApiError(error) ? `: ${error.reason}` : ''
  return {
    status: 'False',
    reason: 'ServiceNotWritten',
    message: `The status of the Service ${name} could not be written${why}.`,
  }
}
