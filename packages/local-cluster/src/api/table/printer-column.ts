import { query } from 'jsonpath-rfc9535'
import { z } from 'zod'

import { age } from './age.ts'
import type { TableColumn } from './table-column.ts'

/** An entry of `additionalPrinterColumns` in a CustomResourceDefinition. */
export interface PrinterColumn {
  readonly name: string
  readonly type: string
  /** Kubernetes' JSON path, e.g. `.status.conditions[?(@.type=="Ready")].status`. */
  readonly jsonPath: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
}

const json = z.json()

/** A column as the real server fills it: no result is null, a list is printed as JSON, a date as its age. */
export function columnFromPrinterColumn(column: PrinterColumn): TableColumn {
  const { name, jsonPath, format, description, priority } = column
  const type = columnType(column.type)
  const path = standardJsonPath(jsonPath)
  return {
    name,
    type,
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    cell: (object, now) => {
      const parsed = json.safeParse(object)
      const [found] = parsed.success ? query(parsed.data, path) : []
      return cellOf(found, type, now)
    },
  }
}

/** Kubernetes' names may hold hyphens, and dots after a backslash; RFC 9535 wants such names in brackets. */
function standardJsonPath(path: string): string {
  const steps = path.replace(/\[[^\]]*\]|\.((?:\\.|[^.[\]\\])+)/gu, (step: string, name: string | undefined) => {
    if (name === undefined || name === '*') return step
    return `[${JSON.stringify(name.replace(/\\(.)/gu, '$1'))}]`
  })
  return `$${steps}`
}

function columnType(type: string): TableColumn['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' || type === 'date' ? type : 'string'
}

function cellOf(value: unknown, type: TableColumn['type'], now: number): string | number | boolean | null {
  if (value === undefined || value === null) return null
  if (type === 'date') return age(value, now)
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null
  if (type === 'number') return typeof value === 'number' ? value : null
  if (type === 'boolean') return typeof value === 'boolean' ? value : null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
