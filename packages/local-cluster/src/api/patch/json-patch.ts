import { applyPatch, Pointer } from 'rfc6902'
import { z } from 'zod'

import { badRequest, tooLarge, unprocessablePatch } from '../api-error.ts'
import { isJsonObject } from '../kubernetes-object.ts'

const operationLimit = 10_000
const path = z.string()
const value = z.unknown()
const operation = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['add', 'replace', 'test']), path, value }),
  z.object({ op: z.literal('remove'), path }),
  z.object({ op: z.enum(['move', 'copy']), path, from: z.string() }),
])
const operations = z.array(operation)
type Step = z.infer<typeof operation>

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
    const placed = { ...pointed, path: inside(step.path) }
    const [failure] = applyPatch(root, [replacesNothing(root, placed) ? { ...placed, op: 'add' } : placed])
    if (failure !== null && failure !== undefined) throw unprocessablePatch(failure.message)
  }
  return root.document
}

/** Unlike the RFC, the real server lets `replace` set a member that an object does not have yet. */
function replacesNothing(root: unknown, step: Step): step is Step & { readonly op: 'replace' } {
  if (step.op !== 'replace') return false
  const found: { readonly parent: unknown; readonly key: string } = Pointer.fromJSON(step.path).evaluate(root)
  return isJsonObject(found.parent) && !Object.hasOwn(found.parent, found.key)
}

/** The library cannot replace its root, so the document lies one level down. */
const inside = (pointer: string): string => `/document${pointer}`
