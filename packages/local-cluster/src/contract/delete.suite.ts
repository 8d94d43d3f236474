import { describe, expect, it } from 'vitest'

import { listOf, mergePatch, namesOf, objectOf, refusal, widget, widgetGroup, widgetsPath } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeDelete(context: () => ContractContext): void {
  describe('delete', () => {
    it('answers 200 with a Status, then the object is gone', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('gone')))
      expect(await client.call('DELETE', `${widgets}/gone`)).toMatchObject({
        status: 200,
        body: {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Success',
          details: { name: 'gone', group: widgetGroup, kind: 'widgets', uid: made.metadata.uid },
        },
      })
      expect(await client.call('GET', `${widgets}/gone`)).toMatchObject(refusal(404, 'NotFound'))
      expect(await client.call('DELETE', `${widgets}/gone`)).toMatchObject(refusal(404, 'NotFound'))
    })

    it('gives a new UID to a new object of the same name', async () => {
      const { client, widgets } = context()
      const one = objectOf(await client.call('POST', widgets, widget('twice')))
      await client.call('DELETE', `${widgets}/twice`)
      const two = objectOf(await client.call('POST', widgets, widget('twice')))
      expect(two.metadata.uid).not.toBe(one.metadata.uid)
    })

    it('heeds preconditions: 409 Conflict', async () => {
      const { client, widgets } = context()
      const { metadata } = objectOf(await client.call('POST', widgets, widget('guarded')))
      const wrong = [{ uid: '00000000-0000-4000-8000-000000000000' }, { resourceVersion: '1' }]
      for (const preconditions of wrong) {
        const answer = await client.call('DELETE', `${widgets}/guarded`, { preconditions })
        expect(answer).toMatchObject(refusal(409, 'Conflict'))
      }
      const { uid, resourceVersion } = metadata
      const right = await client.call('DELETE', `${widgets}/guarded`, { preconditions: { uid, resourceVersion } })
      expect(right.status).toBe(200)
    })

    it('waits for finalizers, in a new generation', async () => {
      const { client, widgets } = context()
      const path = `${widgets}/held`
      const finalizers = ['contract.failover-ip.dev/hold']
      await client.call('POST', widgets, widget('held', { size: 1 }, { finalizers }))
      const marked = objectOf(await client.call('DELETE', path))
      expect(marked.metadata).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
        finalizers,
        generation: 2,
      })
      const again = objectOf(await client.call('DELETE', path))
      expect(again.metadata.deletionTimestamp).toBe(marked.metadata.deletionTimestamp)
      expect(objectOf(await client.call('PATCH', path, { spec: { size: 2 } }, mergePatch)).spec).toMatchObject({
        size: 2,
      })

      const more = { metadata: { finalizers: [...finalizers, 'contract.failover-ip.dev/new'] } }
      expect(await client.call('PATCH', path, more, mergePatch)).toMatchObject(
        refusal(422, 'Invalid', {
          details: {
            causes: expect.arrayContaining([
              expect.objectContaining({ reason: 'FieldValueForbidden', field: 'metadata.finalizers' }),
            ]),
          },
        }),
      )
      const revived = objectOf(await client.call('PATCH', path, { metadata: { deletionTimestamp: null } }, mergePatch))
      expect(revived.metadata.deletionTimestamp).toBe(marked.metadata.deletionTimestamp)

      const freed = await client.call('PATCH', path, { metadata: { finalizers: null } }, mergePatch)
      expect(freed.status).toBe(200)
      expect(await client.call('GET', path)).toMatchObject(refusal(404, 'NotFound'))
    })

    it('deletes a selected collection', async () => {
      const { client, widgets } = context()
      const labels = { doomed: 'yes' }
      for (const name of ['doomed-a', 'doomed-b']) {
        await client.call('POST', widgets, widget(name, { size: 1 }, { labels }))
      }
      await client.call('POST', widgets, widget('spared'))
      expect((await client.call('DELETE', `${widgets}?labelSelector=doomed%3Dyes`)).status).toBe(200)
      const left = namesOf(listOf(await client.call('GET', widgets)))
      expect(left).toContain('spared')
      expect(left).not.toContain('doomed-a')
    })

    it('closes a namespace that is being deleted: 403 with its cause', async () => {
      const { client, namespace, namespaceController } = context()
      const doomed = `${namespace}-doomed`
      const path = `/api/v1/namespaces/${doomed}`
      await client.call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: doomed },
      })
      const held = widget('held', { size: 1 }, { finalizers: ['contract.failover-ip.dev/hold'] })
      await client.call('POST', widgetsPath(doomed), held)
      await client.call('POST', widgetsPath(doomed), widget('free'))
      expect(await client.call('DELETE', path)).toMatchObject({
        status: 200,
        body: {
          kind: 'Namespace',
          metadata: { deletionTimestamp: expect.any(String) },
          status: { phase: 'Terminating' },
        },
      })
      expect(await client.call('POST', widgetsPath(doomed), widget('late'))).toMatchObject(
        refusal(403, 'Forbidden', {
          message:
            `widgets.${widgetGroup} "late" is forbidden: unable to create new content in namespace ${doomed} ` +
            'because it is being terminated',
          details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
        }),
      )
      if (namespaceController) {
        await expect.poll(async () => namesOf(listOf(await client.call('GET', widgetsPath(doomed))))).toEqual(['held'])
      }
      await client.call('PATCH', `${widgetsPath(doomed)}/held`, { metadata: { finalizers: null } }, mergePatch)
      if (!namespaceController) return
      await expect.poll(async () => (await client.call('GET', path)).status, { timeout: 20_000 }).toBe(404)
    })
  })
}
