import { z } from 'zod'

import { badRequest } from '../api-error.ts'

/** Where the next page starts. `resourceVersion` is undefined when the list goes on from the present. */
export interface ContinueToken {
  readonly resourceVersion?: number
  readonly after: string
}

const tokenSchema = z.object({ v: z.literal('meta.k8s.io/v1'), rv: z.int(), start: z.string() })

export function encodeContinue({ resourceVersion = -1, after }: ContinueToken): string {
  const token = { v: 'meta.k8s.io/v1', rv: resourceVersion, start: after }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

/** @throws ApiError 400 */
export function decodeContinue(text: string): ContinueToken {
  try {
    const { rv, start } = tokenSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    return rv < 0 ? { after: start } : { resourceVersion: rv, after: start }
  } catch {
    throw badRequest('continue key is not valid: it was not issued by this server')
  }
}
