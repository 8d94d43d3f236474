import { z } from 'zod'
import { controllerRule, failoverIPClassSpecSchema } from './failover-ip-class-schema.ts'
import { failoverIPSpecSchema } from './failover-ip-schema.ts'
import { ruleErrors, type FieldError } from './field-error.ts'

/**
 * The rules of a FailoverIP that its structural schema cannot say, for API servers without CEL. On the real one the
 * same rules are in the definition.
 */
export function validateFailoverIP(object: object): readonly FieldError[] {
  return rulesOf(failoverIPSpecSchema, object)
}

/** As `validateFailoverIP`, of a class. `previous` is absent on creation. */
export function validateFailoverIPClass(object: object, previous?: object): readonly FieldError[] {
  const before = controllerNameOf(previous)
  const now = controllerNameOf(object)
  const message = `Invalid value: ${JSON.stringify(now) ?? 'null'}: ${controllerRule}`
  const changed = before !== undefined && before !== now
  const change: FieldError[] = changed ? [{ reason: 'FieldValueInvalid', field: 'spec.controllerName', message }] : []
  return [...rulesOf(failoverIPClassSpecSchema, object), ...change]
}

function rulesOf(spec: z.ZodType, object: object): readonly FieldError[] {
  const result = z.object({ spec }).safeParse(object)
  return result.success ? [] : ruleErrors(result.error.issues, object)
}

const named = z.object({ spec: z.object({ controllerName: z.string() }) })

function controllerNameOf(object: object | undefined): string | undefined {
  return named.safeParse(object).data?.spec.controllerName
}
