/** The part of OpenAPI v3 that a CustomResourceDefinition may use and that this server understands. No CEL. */
export interface StructuralSchema {
  readonly type?: string
  readonly description?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | StructuralSchema
  readonly items?: StructuralSchema
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly [extension: `x-kubernetes-${string}`]: unknown
}

/** A kind whose fields are not described: everything is kept, nothing is checked. */
export const anyObject: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
