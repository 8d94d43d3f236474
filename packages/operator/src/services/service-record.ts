import { canonicalAddress, type KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'

/** One entry of `status.loadBalancer.ingress`. */
export interface ServiceIngress {
  /** Canonical. */
  readonly ip?: string
  readonly hostname?: string
  readonly ipMode?: string
}

/** What is kept of a Service; most have no load balancer, and of those nothing but that. */
export interface ServiceRecord {
  readonly isLoadBalancer: boolean
  readonly loadBalancerClass: string | undefined
  /** `IPv4`, `IPv6`; empty when it does not say. */
  readonly families: readonly string[]
  readonly ingress: readonly ServiceIngress[]
  /** Who wrote the ingress last, by what the API server notes. */
  readonly writer: string | undefined
}

const text = z.exactOptional(z.string())
const ingress = z.object({ ip: text, hostname: text, ipMode: text })
const serviceSchema = z.object({
  spec: z
    .object({
      type: z.string().optional(),
      loadBalancerClass: z.string().optional(),
      ipFamilies: z.array(z.string()).optional(),
    })
    .optional(),
  status: z.object({ loadBalancer: z.object({ ingress: z.array(ingress).optional() }).optional() }).optional(),
})
const writers = z.object({
  managedFields: z.array(
    z
      .object({ manager: z.string(), fieldsV1: z.object({ 'f:status': z.object({ 'f:loadBalancer': z.object({}) }) }) })
      .optional()
      .catch(undefined),
  ),
})

const none: ServiceRecord = {
  isLoadBalancer: false,
  loadBalancerClass: undefined,
  families: [],
  ingress: [],
  writer: undefined,
}

/** Throws for what is no Service. */
export function serviceRecordOf(object: KubernetesObject): ServiceRecord {
  const { spec, status } = serviceSchema.parse(object)
  const entries = status?.loadBalancer?.ingress ?? []
  if (spec?.type !== 'LoadBalancer' && entries.length === 0) return none
  return {
    isLoadBalancer: spec?.type === 'LoadBalancer',
    loadBalancerClass: spec?.loadBalancerClass,
    families: spec?.ipFamilies ?? [],
    ingress: entries.map(({ ip, ...rest }) => (ip === undefined ? rest : { ...rest, ip: canonicalAddress(ip) ?? ip })),
    writer: writerOf(object),
  }
}

function writerOf({ metadata }: KubernetesObject): string | undefined {
  return writers.safeParse(metadata).data?.managedFields.findLast((entry) => entry !== undefined)?.manager
}
