import { describe, expect, it } from 'vitest'

import { objectOf, refusal, widget, widgetGroup } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeUpdate(context: () => ContractContext): void {
  describe('get', () => {
    it('answers the object, and 404 NotFound when there is none', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('read')))
      expect(objectOf(await client.call('GET', `${widgets}/read`))).toEqual(made)
      expect(await client.call('GET', `${widgets}/absent`)).toMatchObject(
        refusal(404, 'NotFound', {
          message: `widgets.${widgetGroup} "absent" not found`,
          details: { name: 'absent', group: widgetGroup, kind: 'widgets' },
        }),
      )
    })
  })

  describe('update', () => {
    it('moves the generation only with the spec, and the version with every change', async () => {
      const { client, widgets } = context()
      const one = objectOf(await client.call('POST', widgets, widget('generation')))
      const path = `${widgets}/generation`
      const labelled = { ...one, metadata: { ...one.metadata, labels: { a: 'b' } } }
      const two = objectOf(await client.call('PUT', path, labelled))
      expect(two.metadata.generation).toBe(1)
      expect(Number(two.metadata.resourceVersion)).toBeGreaterThan(Number(one.metadata.resourceVersion))
      const three = objectOf(await client.call('PUT', path, { ...two, spec: { size: 5 } }))
      expect(three.metadata).toMatchObject({ generation: 2, uid: one.metadata.uid, labels: { a: 'b' } })
      expect(three.spec).toEqual({ size: 5, color: 'Red' })
    })

    it('changes nothing, not even the version, when nothing changes', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('same')))
      const again = objectOf(await client.call('PUT', `${widgets}/same`, made))
      expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    })

    it('refuses a stale resourceVersion: 409 Conflict', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('stale')))
      await client.call('PUT', `${widgets}/stale`, { ...made, spec: { size: 2 } })
      expect(await client.call('PUT', `${widgets}/stale`, { ...made, spec: { size: 3 } })).toMatchObject(
        refusal(409, 'Conflict', {
          message:
            `Operation cannot be fulfilled on widgets.${widgetGroup} "stale": the object has been modified; ` +
            'please apply your changes to the latest version and try again',
          details: { name: 'stale', group: widgetGroup, kind: 'widgets' },
        }),
      )
    })

    it('refuses a missing resourceVersion: 422 Invalid', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('versionless'))
      expect(await client.call('PUT', `${widgets}/versionless`, widget('versionless', { size: 2 }))).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: [{ field: 'metadata.resourceVersion' }] } }),
      )
    })

    it('refuses another UID: 409 Conflict', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('other')))
      const uid = '00000000-0000-4000-8000-000000000000'
      const foreign = { ...made, metadata: { ...made.metadata, uid } }
      expect(await client.call('PUT', `${widgets}/other`, foreign)).toMatchObject(refusal(409, 'Conflict'))
    })

    it('refuses another name than the path: 400', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('named')))
      expect(await client.call('PUT', `${widgets}/unnamed`, made)).toMatchObject(
        refusal(400, 'BadRequest', {
          message: 'the name of the object (named) does not match the name on the URL (unnamed)',
        }),
      )
    })

    it('refuses a custom object that does not exist: 404', async () => {
      const { client, widgets } = context()
      const absent = widget('absent', { size: 1 }, { resourceVersion: '1' })
      expect(await client.call('PUT', `${widgets}/absent`, absent)).toMatchObject(refusal(404, 'NotFound'))
    })

    it('creates a Lease that does not exist', async () => {
      const { client, namespace } = context()
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/put`
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'put' }, spec: {} }
      expect((await client.call('PUT', path, lease)).status).toBe(201)
    })

    it('validates as create does', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('checked')))
      expect(await client.call('PUT', `${widgets}/checked`, { ...made, spec: { size: 0 } })).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: [{ field: 'spec.size' }] } }),
      )
    })
  })

  describe('status', () => {
    it('is not changed by a write of the object', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('main')))
      const written = { ...made, spec: { size: 2 }, status: { phase: 'Sneaked' } }
      expect(objectOf(await client.call('PUT', `${widgets}/main`, written))['status']).toBeUndefined()
    })

    it('is all that its subresource changes, without a new generation', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('sub')))
      const metadata = { ...made.metadata, labels: { sneaked: 'in' } }
      const written = { ...made, metadata, spec: { size: 9 }, status: { phase: 'Up' } }
      const after = objectOf(await client.call('PUT', `${widgets}/sub/status`, written))
      expect(after).toMatchObject({ spec: { size: 1 }, status: { phase: 'Up' }, metadata: { generation: 1 } })
      expect(after.metadata['labels']).toBeUndefined()
      expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion))
      expect(objectOf(await client.call('GET', `${widgets}/sub/status`))).toEqual(after)
    })

    it('conflicts like the object', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('subconflict')))
      const path = `${widgets}/subconflict/status`
      await client.call('PUT', path, { ...made, status: { phase: 'One' } })
      expect(await client.call('PUT', path, { ...made, status: { phase: 'Two' } })).toMatchObject(
        refusal(409, 'Conflict'),
      )
    })

    it('is validated', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('subchecked')))
      const wrong = { ...made, status: { conditions: [{ type: 'Ready' }] } }
      expect(await client.call('PUT', `${widgets}/subchecked/status`, wrong)).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: [{ field: 'status.conditions[0].status' }] } }),
      )
    })
  })
}
