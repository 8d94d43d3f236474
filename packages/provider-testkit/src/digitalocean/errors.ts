import type { EmulatedAnswer } from '../http/emulator.ts'

/** Error bodies of DigitalOcean's API. */
export const digitalOceanErrors = {
  notFound: (): EmulatedAnswer => error(404, 'not_found', 'The resource you requested could not be found.'),
  unauthorized: (): EmulatedAnswer => error(401, 'unauthorized', 'Unable to authenticate you.'),
  forbidden: (): EmulatedAnswer => error(403, 'forbidden', 'You do not have access for the attempted action.'),
  unprocessable: (message: string): EmulatedAnswer => error(422, 'unprocessable_entity', message),
  conflict: (message: string): EmulatedAnswer => error(409, 'conflict', message),
  tooManyRequests: (): EmulatedAnswer => error(429, 'too_many_requests', 'API rate limit exceeded.'),
  serverError: (): EmulatedAnswer => error(500, 'server_error', 'Unexpected server-side error'),
} as const

function error(status: number, id: string, message: string): EmulatedAnswer {
  return { status, body: { id, message, request_id: '4d9d8375-3c56-4925-a3e7-eb137fed17e9' } }
}
