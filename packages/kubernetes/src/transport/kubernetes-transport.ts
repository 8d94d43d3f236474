/**
 * The one door to a Kubernetes API server. Everything above it (reflector, leader election, writers) is written against
 * this port, so that the same code runs over TLS, against the in-process API of the local cluster, and in virtual time.
 */
export interface KubernetesTransport {
  /**
   * Sends one request. Resolves as soon as the response's head is there; the body streams.
   * Rejects when no response could be had: `TransportError`, or the signal's reason.
   * A caller that stops reading early must end the body's iterator (leave the `for await`), which frees the connection.
   */
  request(request: KubernetesRequest): Promise<KubernetesResponse>
}

export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute path with its query, e.g. `/api/v1/nodes?limit=500`. */
  readonly path: string
  /** Lower-case names. `authorization` is added by the transport. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** Ask for a connection that no earlier request has used: a retry must not wait on a dead one. */
  readonly freshConnection?: boolean
}

export interface KubernetesResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: AsyncIterable<Uint8Array>
}
