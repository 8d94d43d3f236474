import { stringify } from 'yaml'
import type { z } from 'zod'
import type { ResourceType } from '../client/resource-type.ts'
import { failoverIPClassSpecSchema } from './failover-ip-class-schema.ts'
import { failoverIPSpecSchema } from './failover-ip-schema.ts'
import { failoverNodeStatusSchema } from './failover-node-schema.ts'
import { failoverIPClassResource, failoverIPResource, failoverNodeResource } from './resource-types.ts'
import { failoverIPClassStatusSchema, failoverIPStatusSchema } from './status-schema.ts'
import { structuralSchema } from './structural-schema.ts'

/** An `apiextensions.k8s.io/v1` CustomResourceDefinition. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1'
  readonly kind: 'CustomResourceDefinition'
  readonly metadata: { readonly name: string }
  readonly spec: Readonly<Record<string, unknown>>
}

interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'date' | 'integer'
  readonly jsonPath: string
  readonly description?: string
  readonly priority?: number
}

interface Definition {
  readonly resource: ResourceType
  readonly shortName: string
  readonly description: string
  /** Absent: status only. */
  readonly spec?: z.ZodType
  readonly status: z.ZodType
  readonly columns: readonly PrinterColumn[]
}

const ofReady = '.status.conditions[?(@.type=="Ready")]'
const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

const failoverIP: Definition = {
  resource: failoverIPResource,
  shortName: 'fip',
  description: 'IP addresses that always land on a healthy node, whoever routes them.',
  spec: failoverIPSpecSchema,
  status: failoverIPStatusSchema,
  columns: [
    { name: 'Addresses', type: 'string', jsonPath: '.status.addressSummary' },
    { name: 'Node', type: 'string', jsonPath: '.status.node' },
    { name: 'Ready', type: 'string', jsonPath: `${ofReady}.status` },
    { name: 'Reason', type: 'string', jsonPath: `${ofReady}.reason` },
    {
      name: 'Since',
      type: 'date',
      jsonPath: `${ofReady}.lastTransitionTime`,
      description: 'When Ready last became what it is.',
    },
    {
      name: 'Configured',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Configured")].status',
      description: 'Whether the node carries the addresses.',
      priority: 1,
    },
    {
      name: 'Service',
      type: 'string',
      jsonPath: '.status.publishedTo.service',
      description: 'The Service that shows the addresses.',
      priority: 1,
    },
    age,
  ],
}

const failoverIPClass: Definition = {
  resource: failoverIPClassResource,
  shortName: 'fipc',
  description: 'Which operator serves FailoverIPs, with which account, for which addresses, and in which manner.',
  spec: failoverIPClassSpecSchema,
  status: failoverIPClassStatusSchema,
  columns: [
    { name: 'Controller', type: 'string', jsonPath: '.spec.controllerName' },
    { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
    { name: 'Credentials', type: 'string', jsonPath: '.status.conditions[?(@.type=="CredentialsValid")].status' },
    {
      name: 'Default',
      type: 'string',
      jsonPath: '.metadata.annotations.failover-ip\\.dev/is-default-class',
      priority: 1,
    },
    age,
  ],
}

const ofFastDetection = '.status.conditions[?(@.type=="FastDetection")]'

const failoverNode: Definition = {
  resource: failoverNodeResource,
  shortName: 'fnode',
  description: "What a node's agent says of its node. Created and written by that agent alone, removed with the Node.",
  status: failoverNodeStatusSchema,
  columns: [
    {
      name: 'Fast-Detection',
      type: 'string',
      jsonPath: `${ofFastDetection}.status`,
      description: 'Whether a death of the node would be seen within a second.',
    },
    { name: 'Reason', type: 'string', jsonPath: `${ofFastDetection}.reason` },
    { name: 'Since', type: 'date', jsonPath: `${ofFastDetection}.lastTransitionTime` },
    { name: 'Boot', type: 'string', jsonPath: '.status.bootID', priority: 1 },
    age,
  ],
}

const definitions: readonly Definition[] = [failoverIPClass, failoverIP, failoverNode]

/**
 * The custom resource definitions, generated from the schemas with which this package reads the objects.
 *
 * @example
 * for (const crd of crds()) await apply(crd)
 */
export function crds(): readonly CustomResourceDefinition[] {
  return definitions.map(definitionOf)
}

/** All definitions as one YAML stream, for `--print-crds | kubectl apply -f -`. */
export function printCrds(): string {
  return crds().map(printCrd).join('---\n')
}

/** One definition as YAML. */
export function printCrd(crd: CustomResourceDefinition): string {
  return stringify(crd, { lineWidth: 120, aliasDuplicateObjects: false })
}

function definitionOf({
  resource,
  shortName,
  description,
  spec,
  status,
  columns,
}: Definition): CustomResourceDefinition {
  const { group, version, kind, plural, namespaced } = resource
  const openAPIV3Schema = {
    description,
    type: 'object',
    ...(spec === undefined ? {} : { required: ['spec'] }),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...(spec === undefined ? {} : { spec: structuralSchema(spec) }),
      status: structuralSchema(status),
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['failover-ip'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  }
}
