const text = { type: 'string' }

interface ContractCrd {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: { readonly group: string; readonly [field: string]: unknown }
}

/** A kind of the contract suite's own, so that the suite needs nothing of the product. */
export const contractCrd: ContractCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.contract.failover-ip.dev' },
  spec: {
    group: 'contract.failover-ip.dev',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Tags', type: 'string', jsonPath: '.spec.tags', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A widget of the contract suite.',
            required: ['spec'],
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 10 },
                  color: { type: 'string', enum: ['Red', 'Green'], default: 'Red' },
                  name: { type: 'string', pattern: '^[a-z]+$', maxLength: 8 },
                  tags: { type: 'array', maxItems: 3, items: { type: 'string', minLength: 1 } },
                  labels: { type: 'object', additionalProperties: text },
                  parts: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['id'],
                      properties: { id: text, weight: { type: 'number', default: 1 } },
                    },
                  },
                  nothing: { type: 'string', nullable: true },
                },
              },
              status: {
                type: 'object',
                properties: {
                  phase: text,
                  conditions: {
                    type: 'array',
                    items: { type: 'object', required: ['type', 'status'], properties: { type: text, status: text } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
}
