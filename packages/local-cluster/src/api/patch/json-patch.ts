import { applyPatch } from 'rfc6902'
import { z } from 'zod'

import { badRequest, tooLarge, unprocessablePatch } from '../api-error.ts'

const operationLimit = 10_000
const path = z.string()
const value = z.unknown()
const operation = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['add', 'replace', 'test']), path, value }),
  z.object({ op: z.literal('remove'), path }),
  z.object({ op: z.enum(['move', 'copy']), path, from: z.string() }),
])
const operations = z.array(operation)

/**
 * RFC 6902 on a copy of the target: all operations or none.
 * @throws ApiError 400 for what is no JSON patch, 422 when an operation or its `test` fails.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  const parsed = operations.safeParse(patch)
  if (!parsed.success) throw badRequest(`error decoding patch: ${z.prettifyError(parsed.error)}`)
  if (parsed.data.length > operationLimit) {
    const counts = `${operationLimit}, got ${parsed.data.length}`
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${counts}`)
  }
  const root = { document: structuredClone(target) }
  for (const step of parsed.data) {
    const pointed = 'from' in step ? { ...step, from: inside(step.from) } : step
    const [failure] = applyPatch(root, [{ ...pointed, path: inside(step.path) }])
    if (failure !== null && failure !== undefined) throw unprocessablePatch(failure.message)
  }
  return root.document
}

/** The library cannot replace its root, so the document lies one level down. */
const inside = (pointer: string): string => `/document${pointer}`
