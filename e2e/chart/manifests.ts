import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { chartFolder, helm } from './helm.ts'
import { release, releaseNamespace } from './install-chart.ts'

const rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
})
const securityContext = z.object({
  allowPrivilegeEscalation: z.boolean().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  privileged: z.boolean().optional(),
  runAsUser: z.number().optional(),
  runAsNonRoot: z.boolean().optional(),
  seccompProfile: z.object({ type: z.string() }).optional(),
  capabilities: z.object({ drop: z.array(z.string()), add: z.array(z.string()).optional() }).optional(),
})
const container = z.object({
  image: z.string(),
  args: z.array(z.string()),
  securityContext,
})
const pod = z.object({
  hostNetwork: z.boolean().optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  volumes: z
    .array(
      z.object({
        name: z.string(),
        secret: z.object({ secretName: z.string(), optional: z.boolean().optional() }).optional(),
      }),
    )
    .optional(),
  securityContext: securityContext.optional(),
  containers: z.array(container),
})

/** What the suites look at of an object; the rest of it is Helm's and Kubernetes' affair. */
const manifest = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .object({
      controllerName: z.string().optional(),
      addresses: z.array(z.string()).optional(),
      matchConstraints: z.unknown().optional(),
      matchConditions: z.unknown().optional(),
      variables: z.unknown().optional(),
      validations: z.unknown().optional(),
      template: z.object({ spec: pod }).optional(),
    })
    .optional(),
  rules: z.array(rule).optional(),
  data: z.record(z.string(), z.string()).optional(),
})

export type Manifest = z.infer<typeof manifest>
export type Rule = z.infer<typeof rule>

export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object: unknown = document.toJS()
    return object === null ? [] : [manifest.parse(object)]
  })
}

/** The classes that an upgrade of the release would make of the values in a cluster. Nothing is written there. */
export async function renderClasses(values: object, kubeconfig: string): Promise<readonly Manifest[]> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-'))
  try {
    // Helm would look up every kind that is rendered.
    const isLeftOut = (path: string): boolean => /templates\/(?!_names|class)/.test(path)
    await cp(chartFolder, folder, { recursive: true, filter: (path) => !isLeftOut(path) })
    const flags = ['--is-upgrade', '--dry-run=server', '--disable-openapi-validation']
    return parseManifests(await helm(['template', release, folder, ...flags], { values, kubeconfig }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What the chart makes of the values, without a cluster. Rejects with Helm's own sentence. */
export async function renderChart(values: object): Promise<readonly Manifest[]> {
  return parseManifests(await helm(['template', release, chartFolder, `--namespace=${releaseNamespace}`], { values }))
}
