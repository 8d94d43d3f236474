import { describe, expect, it } from 'vitest'

import {
  listOf,
  mergePatch,
  namesOf,
  objectOf,
  refusal,
  widget,
  widgetApiVersion,
  widgetGroup,
} from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

const table = {
  accept:
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
} as const

export function describeViews(context: () => ContractContext): void {
  describe('table', () => {
    it('has our columns and a row for each object', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('row', { size: 3, tags: ['a', 'b'] }))
      const status = {
        status: {
          conditions: [
            { type: 'Other', status: 'False' },
            { type: 'Ready', status: 'True' },
          ],
        },
      }
      await client.call('PATCH', `${widgets}/row/status`, status, mergePatch)
      const answer = await client.call('GET', `${widgets}?fieldSelector=metadata.name%3Drow`, undefined, table)
      expect(answer.body).toMatchObject({
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: expect.any(String) },
        columnDefinitions: [
          { name: 'Name', type: 'string', format: 'name', priority: 0 },
          { name: 'Size', type: 'integer', priority: 0 },
          { name: 'Ready', type: 'string', priority: 0 },
          { name: 'Tags', type: 'string', priority: 1 },
          { name: 'Age', type: 'date', priority: 0 },
        ],
        rows: [
          {
            cells: ['row', 3, 'True', '["a","b"]', expect.stringMatching(/^\d+s$/u)],
            object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'row' } },
          },
        ],
      })
    })

    it('leaves a cell empty where there is no value', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('bare'))
      const answer = await client.call('GET', `${widgets}/bare`, undefined, table)
      expect(answer.body).toMatchObject({
        kind: 'Table',
        rows: [{ cells: ['bare', 1, null, null, expect.any(String)] }],
      })
    })

    it('is what a watch sends too', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('tablewatch'))
      const path = `${widgets}?watch=true&fieldSelector=metadata.name%3Dtablewatch`
      await using watch = await client.watch(path, table)
      expect(await watch.next()).toMatchObject({
        type: 'ADDED',
        object: { kind: 'Table', rows: [{ cells: ['tablewatch', 1, null, null, expect.any(String)] }] },
      })
    })

    it('is not for refusals', async () => {
      const { client, widgets } = context()
      expect(await client.call('GET', `${widgets}/absent`, undefined, table)).toMatchObject(refusal(404, 'NotFound'))
    })
  })

  describe('events', () => {
    const eventOf = (name: string): object => ({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name },
      eventTime: '2026-01-02T03:04:05.678901Z',
      reportingController: 'contract.failover-ip.dev/suite',
      reportingInstance: 'suite-1',
      action: 'Testing',
      reason: 'Tested',
      type: 'Normal',
      note: 'all is well',
      regarding: { kind: 'Widget', apiVersion: widgetApiVersion, name, namespace: context().namespace, uid: 'u-1' },
    })

    it('written as events.k8s.io/v1 are read as v1, as kubectl describe does', async () => {
      const { client, namespace } = context()
      const modern = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
      const core = `/api/v1/namespaces/${namespace}/events`
      expect((await client.call('POST', modern, eventOf('written'))).status).toBe(201)
      const selector = encodeURIComponent(
        `involvedObject.kind=Widget,involvedObject.name=written,involvedObject.namespace=${namespace},involvedObject.uid=u-1`,
      )
      const list = listOf(await client.call('GET', `${core}?fieldSelector=${selector}`))
      expect(list.items).toMatchObject([
        {
          metadata: { name: 'written' },
          message: 'all is well',
          reason: 'Tested',
          type: 'Normal',
          eventTime: '2026-01-02T03:04:05.678901Z',
          reportingComponent: 'contract.failover-ip.dev/suite',
          reportingInstance: 'suite-1',
          action: 'Testing',
          involvedObject: { kind: 'Widget', name: 'written' },
        },
      ])
      const other = encodeURIComponent('involvedObject.name=other')
      expect(namesOf(listOf(await client.call('GET', `${core}?fieldSelector=${other}`)))).toEqual([])
    })

    it('count on by a merge patch of series', async () => {
      const { client, namespace } = context()
      const modern = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
      await client.call('POST', modern, eventOf('series'))
      const series = { count: 2, lastObservedTime: '2026-01-02T03:05:00.000000Z' }
      const after = await client.call('PATCH', `${modern}/series`, { series }, mergePatch)
      expect(after).toMatchObject({
        status: 200,
        body: { apiVersion: 'events.k8s.io/v1', series, note: 'all is well' },
      })
    })
  })

  describe('built-in kinds', () => {
    it('a Lease conflicts on a stale version and keeps its micro time', async () => {
      const { client, namespace } = context()
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
      const spec = { holderIdentity: 'a', leaseDurationSeconds: 4, renewTime: '2026-01-02T03:04:05.678901Z' }
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader' }, spec }
      const made = objectOf(await client.call('POST', path, lease))
      expect(made.spec).toEqual(spec)
      expect(made.metadata.generation).toBeUndefined()
      const taken = { ...made, spec: { ...spec, holderIdentity: 'b' } }
      expect((await client.call('PUT', `${path}/leader`, taken)).status).toBe(200)
      expect(await client.call('PUT', `${path}/leader`, taken)).toMatchObject(refusal(409, 'Conflict'))
      expect(await client.call('DELETE', `${path}/leader`)).toMatchObject({ status: 200, body: { kind: 'Status' } })
    })

    it('a Secret takes stringData in and gives data out', async () => {
      const { client, namespace } = context()
      const path = `/api/v1/namespaces/${namespace}/secrets`
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        data: { a: 'YQ==' },
        stringData: { b: 'b' },
      }
      const made = objectOf(await client.call('POST', path, secret))
      expect(made).toMatchObject({ type: 'Opaque', data: { a: 'YQ==', b: 'Yg==' } })
      expect(made).not.toHaveProperty('stringData')
      expect(namesOf(listOf(await client.call('GET', `${path}?fieldSelector=type%3DOpaque`)))).toContain('s')
    })

    it('a Node keeps status and spec apart, and its labels through status', async () => {
      const { client, namespace } = context()
      const name = `${namespace}-kept`
      const providerID = 'scaleway://instance/fr-par-1/11111111-1111-4111-8111-111111111111'
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { providerID } }
      await client.call('POST', '/api/v1/nodes', node)
      const path = `/api/v1/nodes/${name}`
      try {
        const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }
        const patch = { spec: { unschedulable: true }, status: { conditions: [ready] } }
        const whole = objectOf(await client.call('PATCH', path, patch, mergePatch))
        expect(whole).toMatchObject({ spec: { unschedulable: true } })
        expect(whole).not.toHaveProperty('status.conditions')
        const labelled = { metadata: { labels: { seen: 'yes' } }, spec: { unschedulable: null }, status: patch.status }
        const status = objectOf(await client.call('PATCH', `${path}/status`, labelled, mergePatch))
        expect(status).toMatchObject({
          metadata: { labels: { seen: 'yes' } },
          spec: { unschedulable: true, providerID },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        })
        const selected = await client.call('GET', '/api/v1/nodes?fieldSelector=spec.unschedulable%3Dtrue')
        expect(namesOf(listOf(selected))).toContain(name)
      } finally {
        await client.call('DELETE', path)
      }
    })
  })

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
