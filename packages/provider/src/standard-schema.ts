/**
 * The parts of the Standard Schema and Standard JSON Schema specifications (standardschema.dev, version 1) that are used
 * here, so that an author may describe parameters with zod, valibot, arktype or by hand.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProperties<Input, Output>
}

export interface StandardSchemaProperties<Input, Output> {
  readonly version: 1
  readonly vendor: string
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
  readonly types?: { readonly input: Input; readonly output: Output } | undefined
  /** Standard JSON Schema; optional. With it, an unknown key's error names the nearest known one. */
  readonly jsonSchema?: {
    readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
