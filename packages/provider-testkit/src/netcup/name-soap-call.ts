import { readSoapCall } from './soap-envelope.ts'

/**
 * All calls of the web service go to one path. In the log, and to faults that name a path, each appears with its operation
 * as the query: `/WSEndUser?changeIPRouting`.
 */
export async function nameSoapCall(request: Request): Promise<Request> {
  const url = new URL(request.url)
  if (!url.pathname.endsWith('/WSEndUser') || request.method !== 'POST') return request
  const body = await request.clone().text()
  url.search = readSoapCall(body)?.operation ?? ''
  const { method, headers, signal } = request
  return new Request(url, { method, headers, body, signal })
}
