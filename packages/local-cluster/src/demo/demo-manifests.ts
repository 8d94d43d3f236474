import { apiGroup, failoverIPClassResource, failoverIPResource, secretResource } from '@failover-ip/kubernetes'
import type { ObjectDraft, ResourceType } from '@failover-ip/kubernetes'
import type { ScalewayAccount } from '@failover-ip/provider-testkit'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

/** The FailoverIP of the demo: what clients dial, and what Scaleway routes for it. */
export const demoAddresses = {
  name: 'web',
  namespace: 'default',
  ipv4: '51.15.129.35',
  ipv6: '2001:bc8:710:3c3b::1',
  units: ['51.15.129.35/32', '2001:bc8:710:3c3b::/64'],
} as const

/** Where the operator lives, with its Lease and its Secrets. */
export const operatorNamespace = 'failover-ip'

/** All that a user writes. Shown and applied are one and the same text; the key is the emulator's own. */
export function demoManifests(account: ScalewayAccount, cloudUrl: string): string {
  const { name, ipv4, ipv6, units } = demoAddresses
  return `apiVersion: v1
kind: Secret
metadata: { name: scaleway, namespace: ${operatorNamespace} }
stringData:
  SCW_ACCESS_KEY: ${account.accessKey}
  SCW_SECRET_KEY: ${account.secretKey}
  SCW_DEFAULT_PROJECT_ID: ${account.project}
---
apiVersion: ${apiGroup}/v1alpha1
kind: FailoverIPClass
metadata: { name: scaleway, annotations: { ${apiGroup}/is-default-class: "true" } }
spec:
  controllerName: ${apiGroup}/scaleway
  credentialsSecretRef: { name: scaleway }
  parameters: { apiUrl: "${cloudUrl}", zones: [fr-par-1] }
  addresses: [${ipv4}, "${units[1]}"]
---
apiVersion: ${apiGroup}/v1alpha1
kind: FailoverIP
metadata: { name: ${name} }
spec:
  addresses: [${ipv4}, "${ipv6}"]   # what clients dial; they move as one
`
}

const resources: Readonly<Record<string, ResourceType>> = {
  Secret: secretResource,
  FailoverIPClass: failoverIPClassResource,
  FailoverIP: failoverIPResource,
}

const draftSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
})

/** The objects of a YAML stream, ready to be created; in the namespace `default` unless they name one. */
export function readManifests(
  text: string,
): readonly { readonly resource: ResourceType; readonly draft: ObjectDraft }[] {
  return parseAllDocuments(text).map((document) => {
    const { kind, metadata, ...fields } = draftSchema.parse(document.toJS())
    const resource = resources[kind]
    if (resource === undefined) throw new TypeError(`the demo does not know the kind ${kind}`)
    const namespace = resource.namespaced ? { namespace: metadata.namespace ?? demoAddresses.namespace } : {}
    return { resource, draft: { ...fields, metadata: { ...metadata, ...namespace } } }
  })
}
