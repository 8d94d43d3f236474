import { textResponse, type Endpoints } from './endpoint.ts'

/**
 * `/healthz`: the process answers, which is all that a restart could mend. `/readyz`: everything to be known is known;
 * a replica that does not lead is ready too, since it stands by.
 *
 * @param unsynced what is not known yet, in words
 */
export function probeEndpoints(unsynced: () => readonly string[]): Endpoints {
  return {
    '/healthz': () => textResponse(200, 'ok'),
    '/readyz': () => {
      const missing = unsynced()
      return missing.length === 0 ? textResponse(200, 'ok') : textResponse(503, `not yet known: ${missing.join('; ')}`)
    },
  }
}
