import type { SendFailure } from './datagrams.ts'

const absences = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ECONNREFUSED'])

/** What a failed `send` says, by the code of its error. */
export function sendFailure({ code = '' }: NodeJS.ErrnoException): SendFailure {
  return absences.has(code) ? 'unreachable' : 'unsent'
}
