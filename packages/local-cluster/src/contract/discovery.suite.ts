import { describe, expect, it } from 'vitest'

import { refusal, widget, widgetApiVersion, widgetGroup } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeDiscovery(context: () => ContractContext): void {
  describe('discovery', () => {
    it('lists our kind in its group', async () => {
      const { client } = context()
      expect((await client.call('GET', `/apis/${widgetApiVersion}`)).body).toMatchObject({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: widgetApiVersion,
        resources: expect.arrayContaining([
          expect.objectContaining({
            name: 'widgets',
            singularName: 'widget',
            namespaced: true,
            kind: 'Widget',
            shortNames: ['wd'],
            verbs: expect.arrayContaining(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']),
          }),
          expect.objectContaining({ name: 'widgets/status', kind: 'Widget' }),
        ]),
      })
      expect((await client.call('GET', `/apis/${widgetGroup}`)).body).toMatchObject({
        kind: 'APIGroup',
        name: widgetGroup,
        preferredVersion: { groupVersion: widgetApiVersion, version: 'v1' },
      })
      expect((await client.call('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
      expect((await client.call('GET', '/apis')).body).toMatchObject({
        kind: 'APIGroupList',
        groups: expect.arrayContaining([expect.objectContaining({ name: widgetGroup })]),
      })
    })

    it('describes our kind in OpenAPI v3', async () => {
      const { client } = context()
      const index = await client.call('GET', '/openapi/v3')
      expect(index.body).toHaveProperty(['paths', `apis/${widgetApiVersion}`, 'serverRelativeURL'], expect.any(String))
      const { body } = await client.call('GET', `/openapi/v3/apis/${widgetApiVersion}`)
      const object = `/apis/${widgetApiVersion}/namespaces/{namespace}/widgets/{name}`
      expect(body).toHaveProperty(
        ['paths', object, 'patch', 'parameters'],
        expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation', in: 'query' })]),
      )
      const gvk = [{ group: widgetGroup, kind: 'Widget', version: 'v1' }]
      const schema = ['components', 'schemas', 'dev.failover-ip.contract.v1.Widget']
      expect(body).toHaveProperty([...schema, 'x-kubernetes-group-version-kind'], gvk)
      expect(body).toHaveProperty([...schema, 'properties', 'spec', 'properties', 'size', 'maximum'], 10)
    })

    it('says its version and that it is ready', async () => {
      const { client } = context()
      expect((await client.call('GET', '/version')).body).toMatchObject({
        major: '1',
        minor: expect.stringMatching(/^\d+/u),
      })
      for (const path of ['/readyz', '/livez', '/healthz']) {
        expect(await client.call('GET', path)).toMatchObject({ status: 200, body: 'ok' })
      }
    })
  })

  describe('paths', () => {
    it('that nobody serves are 404', async () => {
      const { client, widgets } = context()
      const paths = ['/nope', '/apis/nope.dev/v1/widgets', '/api/v1/nopes', `${widgets}/a/nope`]
      for (const path of paths) expect([path, (await client.call('GET', path)).status]).toEqual([path, 404])
    })

    it('refuse verbs that they do not have: 405', async () => {
      const { client, widgets } = context()
      const leases = '/apis/coordination.k8s.io/v1/leases'
      const refused = [
        await client.call('PUT', '/api/v1/nodes', {}),
        await client.call('POST', '/api/v1/nodes/x', {}),
        await client.call('POST', leases, {}),
        await client.call('DELETE', leases),
      ]
      for (const answer of refused) expect(answer).toMatchObject(refusal(405, 'MethodNotAllowed'))
      expect(await client.call('PUT', widgets, widget('x'))).toMatchObject(
        refusal(400, 'BadRequest', { message: 'name must be provided' }),
      )
      expect((await client.call('POST', `/apis/${widgetApiVersion}/widgets`, widget('x'))).status).toBe(404)
    })

    it('refuse to answer in a form that they do not have: 406', async () => {
      const { client, widgets } = context()
      const answer = await client.call('GET', widgets, undefined, { accept: 'text/html' })
      expect(answer).toMatchObject(refusal(406, 'NotAcceptable'))
    })
  })
}
