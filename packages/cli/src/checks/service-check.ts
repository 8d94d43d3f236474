import type { ParsedFailoverIP } from '@failover-ip/kubernetes'
import type { KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'
import type { Reading } from '../cluster/reading.ts'
import type { Finding } from '../report/finding.ts'

const serviceSchema = z.object({
  spec: z.object({ type: z.string().optional(), loadBalancerClass: z.string().optional() }),
  status: z
    .object({
      loadBalancer: z
        .object({
          ingress: z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).default([]),
        })
        .default({ ingress: [] }),
    })
    .default({ loadBalancer: { ingress: [] } }),
})
const managedSchema = z.array(
  z.object({ manager: z.string(), subresource: z.string().optional(), fieldsV1: z.unknown() }),
)

/** Whether a FailoverIP's Service is there, and whether nobody else writes its ingress. */
export function checkService({ spec, name: of }: ParsedFailoverIP, service: Reading<KubernetesObject>): Finding {
  const subject = 'service'
  const name = spec.serviceRef?.name ?? ''
  if (service.kind === 'unread') return { subject, verdict: 'skip', message: service.why }
  if (service.kind === 'absent') {
    const message = `There is no Service ${name} in the namespace of ${of}: create it, or correct spec.serviceRef.`
    return { subject, verdict: 'FAIL', message }
  }
  const parsed = serviceSchema.safeParse(service.value)
  if (!parsed.success || parsed.data.spec.type !== 'LoadBalancer') {
    return {
      subject,
      verdict: 'FAIL',
      message: `The Service ${name} is not of type LoadBalancer, so that it has no ingress to publish.`,
    }
  }
  const { ingress } = parsed.data.status.loadBalancer
  const strangers = ingress
    .map(({ ip, hostname }) => ip ?? hostname ?? '')
    .filter((address) => !spec.addresses.includes(address))
  if (strangers.length === 0) {
    const published = ingress.length === 0 ? 'nothing published yet' : `publishes ${spec.addresses.join(', ')}`
    return { subject, verdict: 'ok', message: `${name}: ${published}` }
  }
  const writers = writersOf(service.value)
  const who = writers.length === 0 ? 'Another controller' : `Another controller (${writers.join(', ')})`
  const message =
    `${who} has written ${strangers.join(', ')} into the ingress of the Service ${name}: turn it off for this Service, ` +
    'or make the Service anew with a spec.loadBalancerClass that it does not serve.'
  return { subject, verdict: 'FAIL', message }
}

/** Who the API server says has written `status.loadBalancer`. */
function writersOf({ metadata }: KubernetesObject): readonly string[] {
  const fields = 'managedFields' in metadata ? managedSchema.safeParse(metadata.managedFields).data : undefined
  const ofIngress = (fields ?? []).filter(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes('f:loadBalancer'))
  return [...new Set(ofIngress.map(({ manager }) => manager))].filter((manager) => !manager.startsWith('failover-ip'))
}
