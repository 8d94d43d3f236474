import { z } from 'zod'

const nodeShape = z.looseObject({
  spec: z
    .looseObject({ taints: z.array(z.looseObject({ key: z.string(), effect: z.string() })).optional() })
    .optional(),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
      nodeInfo: z.looseObject({ bootID: z.string() }).optional(),
    })
    .optional(),
})
const leaseShape = z.looseObject({ spec: z.looseObject({ renewTime: z.string().optional() }).optional() })

export interface Taint {
  readonly key: string
  readonly effect: string
}

/** What the simulated kubelet and the node lifecycle read of a Node. */
export interface NodeView {
  /** Absent before the first report. */
  readonly ready: string | undefined
  readonly bootID: string | undefined
  readonly taints: readonly Taint[]
  readonly conditions: readonly { readonly type: string; readonly status: string }[]
}

export function viewNode(node: unknown): NodeView {
  const { spec, status } = nodeShape.parse(node)
  const conditions = status?.conditions ?? []
  return {
    ready: conditions.find(({ type }) => type === 'Ready')?.status,
    bootID: status?.nodeInfo?.bootID,
    taints: spec?.taints ?? [],
    conditions,
  }
}

/** `spec.renewTime` of a Lease. */
export function renewTimeOf(lease: unknown): string | undefined {
  return leaseShape.parse(lease).spec?.renewTime
}
