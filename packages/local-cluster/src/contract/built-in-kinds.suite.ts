import { describe, expect, it } from 'vitest'

import { listOf, mergePatch, namesOf, objectOf, refusal, widgetApiVersion } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeBuiltInKinds(context: () => ContractContext): void {
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
}
