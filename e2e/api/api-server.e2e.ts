import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiError, createApiClient } from '../harness/api-client.ts'
import { describeApiServerPower } from '../harness/api-server-power.suite.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const api = createApiClient(kubeconfig)
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'samples.e2e.failover-ip.dev' },
  spec: {
    group: 'e2e.failover-ip.dev',
    scope: 'Cluster',
    names: { kind: 'Sample', plural: 'samples', singular: 'sample' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
}

describe('the API server', () => {
  it('is ready', async () => {
    expect(await api.get('/readyz', z.string())).toBe('ok')
  })

  it('takes a custom resource definition and validates by it', async () => {
    await api.create(definitions, definition)
    const samples = '/apis/e2e.failover-ip.dev/v1/samples'
    try {
      await until(
        'the new kind to be served',
        async (signal) => await api.get(samples, z.object({ kind: z.literal('SampleList') }), { signal }),
      )
      const sample = { apiVersion: 'e2e.failover-ip.dev/v1', kind: 'Sample', metadata: { name: 'one' } }
      expect(await api.create(samples, { ...sample, spec: { size: 3 } })).toMatchObject({ spec: { size: 3 } })
      const refused = await api.create(samples, { ...sample, spec: { size: 'three' } }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(ApiError)
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid' })
    } finally {
      await api.delete(`${definitions}/${definition.metadata.name}`)
    }
  })
})

describeApiServerPower(kubeconfig, power)
