/** What a path answers. */
export interface EndpointResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** Paths and what answers a GET there. */
export type Endpoints = Readonly<Record<string, () => EndpointResponse>>

export function textResponse(status: number, body: string): EndpointResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` }
}
