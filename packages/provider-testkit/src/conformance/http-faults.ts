import type { Fault } from '../http/fault.ts'
import { lateSeconds } from './test-cloud.ts'
import type { TestFault } from './test-cloud.ts'

/** Faults that look the same at every cloud that speaks HTTP. */
type HttpTestFault = Exclude<TestFault, 'serverError' | 'rateLimited' | 'rateLimitedUntil' | 'busy' | 'echoing'>

/**
 * The faults of `TestFault` that an author need not describe, for `createHttpEmulator`. The others have bodies of the
 * cloud's own.
 *
 * @example
 * const faults: Record<TestFault, Fault> = { ...httpFaults, busy: { kind: 'status', status: 423 }, serverError: … }
 */
export const httpFaults: Readonly<Record<HttpTestFault, Fault>> = {
  refused: { kind: 'refuse' },
  droppedBefore: { kind: 'dropBefore' },
  droppedAfter: { kind: 'dropAfter' },
  droppedLate: { kind: 'lateEffect', seconds: lateSeconds },
  malformed: { kind: 'malformed', text: '{"' },
  truncated: { kind: 'truncate' },
  hanging: { kind: 'hang' },
  trickling: { kind: 'trickle', secondsPerByte: 60 },
  htmlPage: {
    kind: 'status',
    status: 502,
    headers: { 'content-type': 'text/html' },
    text: '<!doctype html><title>502 Bad Gateway</title>',
  },
  missingPage: {
    kind: 'status',
    status: 404,
    headers: { 'content-type': 'text/html' },
    text: '<!doctype html><title>404 Not Found</title>',
  },
  maintenance: {
    kind: 'status',
    status: 503,
    headers: { 'content-type': 'text/html', 'retry-after': '120' },
    text: '<!doctype html><title>Maintenance</title>',
  },
}
