import { z } from 'zod'

import type { FieldError } from '../field-error.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import type { StructuralSchema } from '../schema/structural-schema.ts'
import { age } from '../table/age.ts'
import { columnFromPrinterColumn } from '../table/printer-column.ts'
import type { TableColumn } from '../table/table-column.ts'

const structuralSchema: z.ZodType<StructuralSchema> = z.custom<StructuralSchema>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)
const crdSchema = z.object({
  spec: z.object({
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: z.object({
      kind: z.string(),
      plural: z.string(),
      singular: z.string().optional(),
      shortNames: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
    }),
    versions: z
      .array(
        z.object({
          name: z.string(),
          storage: z.boolean(),
          schema: z.object({ openAPIV3Schema: structuralSchema }),
          subresources: z.object({ status: z.object({}).optional() }).optional(),
          additionalPrinterColumns: z
            .array(
              z.object({
                name: z.string(),
                type: z.string(),
                jsonPath: z.string(),
                format: z.string().exactOptional(),
                description: z.string().exactOptional(),
                priority: z.number().exactOptional(),
              }),
            )
            .optional(),
        }),
      )
      .min(1),
  }),
})

/** What a schema cannot say and the real server checks by CEL. `previous` is absent on creation. */
export type ObjectValidation = (object: KubernetesObject, previous?: KubernetesObject) => readonly FieldError[]

/**
 * Serves the stored version of an `apiextensions.k8s.io/v1` CustomResourceDefinition.
 * @throws ZodError when it is none
 * @example
 * resourceFromCrd(crd, (object) => checkWithZod(object))
 */
export function resourceFromCrd(crd: unknown, validate?: ObjectValidation): ResourceDefinition {
  const { group, scope, names, versions } = crdSchema.parse(crd).spec
  const version = versions.find(({ storage }) => storage)
  if (version === undefined) throw new TypeError(`${names.plural}.${group} stores no version`)
  const { openAPIV3Schema } = version.schema
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...properties } = openAPIV3Schema.properties ?? {}
  const required = (openAPIV3Schema.required ?? []).filter((name) => Object.hasOwn(properties, name))
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    ...(names.shortNames === undefined ? {} : { shortNames: names.shortNames }),
    ...(names.categories === undefined ? {} : { categories: names.categories }),
    namespaced: scope === 'Namespaced',
    origin: 'custom',
    statusSubresource: version.subresources?.status !== undefined,
    schema: { ...openAPIV3Schema, properties, required },
    columns: version.additionalPrinterColumns?.map(columnFromPrinterColumn) ?? [ageColumn],
    ...(validate === undefined ? {} : { validate }),
  }
}

/** The column that a kind without columns of its own has. */
export const ageColumn: TableColumn = {
  name: 'Age',
  type: 'date',
  cell: ({ metadata }, now) => age(metadata.creationTimestamp, now),
}
