import { apiGroup, failoverIPClassResource, failoverIPResource, secretResource } from '@failover-ip/kubernetes'
import type { ObjectDraft, ResourceType } from '@failover-ip/kubernetes'
import { parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'

import type { StartedCloud } from '../clouds/local-cloud.ts'

/** The FailoverIP of the demo. */
export const demoFailoverIP = { name: 'web', namespace: 'default' } as const

/** Where the operator lives, with its Lease and its Secrets. */
export const operatorNamespace = 'failover-ip'

/** All that a user writes. Shown and applied are one and the same text; the key is the emulator's own. */
export function demoManifests(cloud: StartedCloud, cloudUrl: string): string {
  const { name, addresses, units } = cloud
  const [ipv4, ipv6] = addresses
  return `apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: ${operatorNamespace} }
stringData:
${stringify(cloud.credentials).trimEnd().replaceAll(/^/gmu, '  ')}
---
apiVersion: ${apiGroup}/v1alpha1
kind: FailoverIPClass
metadata: { name: ${name}, annotations: { ${apiGroup}/is-default-class: "true" } }
spec:
  controllerName: ${apiGroup}/${name}
  credentialsSecretRef: { name: ${name} }
  parameters: ${stringify(cloud.parameters(cloudUrl), { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}
  addresses: [${ipv4}, "${units[1]}"]
---
apiVersion: ${apiGroup}/v1alpha1
kind: FailoverIP
metadata: { name: ${demoFailoverIP.name} }
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
    const namespace = resource.namespaced ? { namespace: metadata.namespace ?? demoFailoverIP.namespace } : {}
    return { resource, draft: { ...fields, metadata: { ...metadata, ...namespace } } }
  })
}
