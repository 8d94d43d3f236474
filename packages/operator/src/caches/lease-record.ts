import type { KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'

/** What is kept of a node's Lease. */
export interface LeaseRecord {
  /** As written by the kubelet, on its clock: only ever compared with itself. */
  readonly renewTime: string | undefined
  readonly durationSeconds: number | undefined
}

const leaseSchema = z.object({
  renewTime: z.string().optional().catch(undefined),
  leaseDurationSeconds: z.number().positive().optional().catch(undefined),
})

/** Never throws. */
export function leaseRecordOf(object: KubernetesObject): LeaseRecord {
  const spec = leaseSchema.safeParse(object['spec']).data
  return { renewTime: spec?.renewTime, durationSeconds: spec?.leaseDurationSeconds }
}
