import type { EmulatedAnswer } from '../http/emulator.ts'

/** Error bodies of Scaleway's APIs as its SDK reads them. Statuses other than that of `not_found` are unverified. */
export const scalewayErrors = {
  notFound: (resource: string, id: string): EmulatedAnswer =>
    error(404, 'not_found', 'resource is not found', { resource, resource_id: id }),
  unknownResource: (resource: string, id: string): EmulatedAnswer =>
    error(404, 'unknown_resource', `${resource} "${id}" not found`),
  invalidRequest: (message: string, fields: Readonly<Record<string, readonly string[]>> = {}): EmulatedAnswer =>
    error(400, 'invalid_request_error', message, { fields }),
  invalidArgument: (name: string, help: string): EmulatedAnswer =>
    error(400, 'invalid_arguments', 'invalid argument(s)', {
      details: [{ argument_name: name, reason: 'constraint', help_message: help }],
    }),
  nameRefused: (argument: string): EmulatedAnswer =>
    scalewayErrors.invalidArgument(argument, 'the name does not lead to the address'),
  quotasExceeded: (resource: string, quota: number, current: number): EmulatedAnswer =>
    error(403, 'quotas_exceeded', 'quota(s) exceeded for this resource', { details: [{ resource, quota, current }] }),
  transientState: (resource: string, id: string, state: string): EmulatedAnswer =>
    error(409, 'transient_state', 'resource is in a transient state', {
      resource,
      resource_id: id,
      current_state: state,
    }),
  locked: (resource: string, id: string): EmulatedAnswer =>
    error(423, 'locked', 'resource is locked', { resource, resource_id: id }),
  preconditionFailed: (precondition: string, help: string): EmulatedAnswer =>
    error(412, 'precondition_failed', 'precondition is not respected', { precondition, help_message: help }),
  permissionsDenied: (resource: string, action: string): EmulatedAnswer =>
    error(403, 'permissions_denied', 'insufficient permissions', { details: [{ resource, action }] }),
  deniedAuthentication: (reason: 'invalid_argument' | 'not_found' | 'expired'): EmulatedAnswer =>
    error(401, 'denied_authentication', 'authentication is denied', { method: 'api_key', reason }),
  tooManyRequests: (resetSeconds: number): EmulatedAnswer =>
    error(429, 'too_many_requests', 'too many requests', {
      help_message: 'slow down',
      limit: { quota: 100, window_seconds: 60 },
      reset_seconds: resetSeconds,
    }),
} as const

function error(status: number, type: string, message: string, more: object = {}): EmulatedAnswer {
  return { status, body: { type, message, ...more } }
}
