import type { ObjectName } from '@failover-ip/kubernetes'

/** What is written into the cluster: as an author would, without what the API adds. */
export interface ClusterObject {
  readonly metadata: ObjectName & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/** Of the operator, with its Lease and Secrets. */
export const operatorNamespace = 'failover-ip'
/** Of the FailoverIPs. */
export const namespace = 'ingress'

/** A class of the provider, in an account of the Secret that has the class's name; the one named as its provider is the default. */
export function classObject(
  provider: string,
  spec: Readonly<Record<string, unknown>>,
  name: string = provider,
): ClusterObject {
  const annotations = name === provider ? { 'failover-ip.dev/is-default-class': 'true' } : {}
  return {
    metadata: { name, annotations },
    spec: { controllerName: `failover-ip.dev/${provider}`, credentialsSecretRef: { name: provider }, ...spec },
  }
}

export function failoverIPObject(
  name: string,
  addresses: readonly string[],
  spec: Readonly<Record<string, unknown>> = {},
): ClusterObject {
  return { metadata: { namespace, name }, spec: { addresses, ...spec } }
}

export function secretObject(name: string, values: Readonly<Record<string, string>>): ClusterObject {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  return { metadata: { namespace: operatorNamespace, name }, data: Object.fromEntries(data) }
}
