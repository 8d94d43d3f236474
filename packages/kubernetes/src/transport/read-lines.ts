import { TransportError } from './transport-error.ts'

/** etcd takes objects of some 1.5 MB; a line far above that is no event. */
const maximumLineLength = 16 * 1024 * 1024

/** Cuts a body into its lines, the last one included even without a line end; empty lines are left out. */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let pending: string[] = []
  let length = 0
  for await (const chunk of body) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n')
    for (const [index, piece] of pieces.entries()) {
      pending.push(piece)
      length += piece.length
      if (length > maximumLineLength) throw lineTooLong()
      if (index === pieces.length - 1) break
      if (length > 0) yield pending.join('')
      pending = []
      length = 0
    }
  }
  const rest = pending.join('') + decoder.decode()
  if (rest !== '') yield rest
}

function lineTooLong(): TransportError {
  return new TransportError(`The API server sent a line longer than ${maximumLineLength} characters.`, {
    code: 'RESPONSE_TOO_LARGE',
    outcome: 'unknown',
  })
}
