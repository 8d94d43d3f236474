import type { EmulatedAnswer } from '../http/emulator.ts'

/** Error bodies of the REST API. The statuses are those of its description; codes and texts are unverified. */
export const netcupErrors = {
  wrongSite: (): EmulatedAnswer =>
    error(400, 'failoverip.site', 'Routing is limited to servers within the same site as the failover IP.'),
  invalid: (field: string, message: string): EmulatedAnswer => ({
    status: 400,
    body: { code: 'validation.error', message: 'Validation failed.', errors: [{ field, message }] },
  }),
  noHeader: (): EmulatedAnswer => ({ status: 401, body: { message: 'Authorization header missing.' } }),
  badToken: (): EmulatedAnswer => ({ status: 401, body: { message: 'Token is not valid.' } }),
  notAllowed: (): EmulatedAnswer => error(403, 'access.denied', 'Access denied.'),
  notFound: (what: string): EmulatedAnswer => error(404, 'not.found', `${what} not found.`),
  locked: (): EmulatedAnswer => error(409, 'server.locked', 'The server is locked by another task.'),
  routed: (): EmulatedAnswer => error(409, 'failoverip.locked', 'The failover IP is being routed by another task.'),
  tooMany: (retryAfterSeconds?: number): EmulatedAnswer => ({
    ...error(
      429,
      'too.many.requests',
      'Too many failover IP routing requests: limited to 10 requests per 5 minutes and 20 requests per 60 minutes.',
    ),
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(retryAfterSeconds)) } }),
  }),
} as const

function error(status: number, code: string, message: string): EmulatedAnswer {
  return { status, body: { code, message } }
}
