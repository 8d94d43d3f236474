import { z } from 'zod'

import { contractCrd } from './contract-crd.ts'
import type { Answer, CallOptions, ContractClient } from './contract-client.ts'

/** What every group of the suite works with. */
export interface ContractContext {
  readonly client: ContractClient
  /** A namespace of this run alone. */
  readonly namespace: string
  /** Path of the widgets in that namespace. */
  readonly widgets: string
  /** Makes the server forget its history; absent where nobody can. */
  readonly compact?: () => Promise<void>
  /** Whether something deletes the content of a terminating namespace. */
  readonly namespaceController: boolean
}

export const crdsPath: string = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
export const widgetGroup: string = contractCrd.spec.group
export const widgetApiVersion: string = `${widgetGroup}/v1`

export function widgetsPath(namespace: string): string {
  return `/apis/${widgetApiVersion}/namespaces/${namespace}/widgets`
}

export function widget(name: string, spec: unknown = { size: 1 }, metadata: object = {}): Record<string, unknown> {
  return { apiVersion: widgetApiVersion, kind: 'Widget', metadata: { name, ...metadata }, spec }
}

/** The shape of a refusal, for `toMatchObject`. */
export function refusal(code: number, reason: string, rest: object = {}): object {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, ...rest } }
}

const objectShape: z.ZodType<ContractObject> = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().exactOptional(),
    deletionTimestamp: z.string().exactOptional(),
  }),
  spec: z.looseObject({}).exactOptional(),
})
const listShape: z.ZodType<ContractList> = z.looseObject({
  kind: z.string(),
  metadata: z.object({
    resourceVersion: z.string(),
    continue: z.string().exactOptional(),
    remainingItemCount: z.number().exactOptional(),
  }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
})

/** What the suite reads of an object by name; the rest it compares as a whole. */
export interface ContractObject {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly [field: string]: unknown
  }
  readonly spec?: { readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

export interface ContractList {
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly { readonly metadata: { readonly name: string; readonly [field: string]: unknown } }[]
  readonly [field: string]: unknown
}

/** The object of an answer that must be a success. */
export function objectOf(answer: Answer): ContractObject {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return objectShape.parse(answer.body)
}

export function listOf(answer: Answer): ContractList {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return listShape.parse(answer.body)
}

export function namesOf(list: ContractList): readonly string[] {
  return list.items.map(({ metadata }) => metadata.name)
}

export const mergePatch: CallOptions = { contentType: 'application/merge-patch+json' }
export const jsonPatch: CallOptions = { contentType: 'application/json-patch+json' }
export const strategicMergePatch: CallOptions = { contentType: 'application/strategic-merge-patch+json' }
