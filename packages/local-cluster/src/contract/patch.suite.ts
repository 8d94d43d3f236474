import { describe, expect, it } from 'vitest'

import { jsonPatch, mergePatch, objectOf, refusal, strategicMergePatch, widget } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describePatch(context: () => ContractContext): void {
  describe('merge patch', () => {
    it('merges objects, replaces lists, removes by null', async () => {
      const { client, widgets } = context()
      const spec = { size: 1, name: 'abc', tags: ['a', 'b'], labels: { x: '1', y: '2' } }
      await client.call('POST', widgets, widget('merge', spec))
      const patch = { spec: { size: 2, name: null, tags: ['c'], labels: { y: null, z: '3' } } }
      const after = objectOf(await client.call('PATCH', `${widgets}/merge`, patch, mergePatch))
      expect(after.spec).toEqual({ size: 2, color: 'Red', tags: ['c'], labels: { x: '1', z: '3' } })
      expect(after.metadata.generation).toBe(2)
    })

    it('is checked against a resourceVersion that it names', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('mergeversion')))
      const { resourceVersion } = made.metadata
      const patch = { metadata: { resourceVersion }, spec: { size: 2 } }
      expect((await client.call('PATCH', `${widgets}/mergeversion`, patch, mergePatch)).status).toBe(200)
      expect(
        await client.call('PATCH', `${widgets}/mergeversion`, { ...patch, spec: { size: 3 } }, mergePatch),
      ).toMatchObject(refusal(409, 'Conflict'))
    })

    it('changes the status through its subresource alone', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('mergestatus'))
      const patch = { spec: { size: 4 }, status: { phase: 'Up' } }
      const whole = objectOf(await client.call('PATCH', `${widgets}/mergestatus`, patch, mergePatch))
      expect([whole.spec?.['size'], whole['status']]).toEqual([4, undefined])
      const again = { ...patch, spec: { size: 5 } }
      const status = objectOf(await client.call('PATCH', `${widgets}/mergestatus/status`, again, mergePatch))
      expect(status).toMatchObject({ spec: { size: 4 }, status: { phase: 'Up' } })
    })

    it('refuses what is no JSON (400), an invalid result (422), an absent object (404), a new name', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('mergewrong'))
      const path = `${widgets}/mergewrong`
      expect(await client.call('PATCH', path, '{', mergePatch)).toMatchObject(refusal(400, 'BadRequest'))
      expect(await client.call('PATCH', path, { spec: { size: 11 } }, mergePatch)).toMatchObject(
        refusal(422, 'Invalid'),
      )
      expect(await client.call('PATCH', `${widgets}/absent`, {}, mergePatch)).toMatchObject(refusal(404, 'NotFound'))
      const renamed = await client.call('PATCH', path, { metadata: { name: 'other' } }, mergePatch)
      expect(renamed).toMatchObject(refusal(400, 'BadRequest'))
    })

    it('drops unknown fields with a warning, refuses them with fieldValidation=Strict', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('mergestrict'))
      const path = `${widgets}/mergestrict`
      const patch = { spec: { bogus: 1 } }
      const warned = await client.call('PATCH', path, patch, mergePatch)
      expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"spec.bogus\\""')
      expect(objectOf(warned).spec).toEqual({ size: 1, color: 'Red' })
      expect(await client.call('PATCH', `${path}?fieldValidation=Strict`, patch, mergePatch)).toMatchObject(
        refusal(422, 'Invalid', {
          message: expect.stringContaining('strict decoding error: unknown field "spec.bogus"'),
        }),
      )
    })

    it('changes nothing when it says what is there', async () => {
      const { client, widgets } = context()
      const made = objectOf(await client.call('POST', widgets, widget('mergesame')))
      const after = objectOf(await client.call('PATCH', `${widgets}/mergesame`, { spec: { size: 1 } }, mergePatch))
      expect(after.metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    })
  })

  describe('JSON patch', () => {
    it('adds, replaces, removes, moves, copies', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('json', { size: 1, tags: ['a'], labels: { 'x/y': '1', z: '2' } }))
      const operations = [
        { op: 'test', path: '/spec/size', value: 1 },
        { op: 'replace', path: '/spec/size', value: 3 },
        { op: 'add', path: '/spec/tags/-', value: 'b' },
        { op: 'add', path: '/spec/tags/0', value: 'first' },
        { op: 'move', from: '/spec/labels/x~1y', path: '/spec/labels/moved' },
        { op: 'copy', from: '/spec/labels/z', path: '/spec/name' },
        { op: 'replace', path: '/spec/name', value: 'abc' },
        { op: 'remove', path: '/spec/labels/z' },
      ]
      const after = objectOf(await client.call('PATCH', `${widgets}/json`, operations, jsonPatch))
      expect(after.spec).toEqual({
        size: 3,
        color: 'Red',
        tags: ['first', 'a', 'b'],
        labels: { moved: '1' },
        name: 'abc',
      })
    })

    it.each([
      [
        'a test that fails',
        [
          { op: 'replace', path: '/spec/size', value: 2 },
          { op: 'test', path: '/spec/color', value: 'Green' },
        ],
      ],
      ['a removal of nothing', [{ op: 'remove', path: '/spec/name' }]],
      ['a replacement inside nothing', [{ op: 'replace', path: '/spec/labels/a', value: 'x' }]],
      [
        'a replacement beyond a list',
        [
          { op: 'add', path: '/spec/tags', value: [] },
          { op: 'replace', path: '/spec/tags/1', value: 'x' },
        ],
      ],
    ])('does nothing and answers 422 on %s', async (_title, operations) => {
      const { client, widgets } = context()
      const made = objectOf(
        await client.call('POST', widgets, { ...widget(''), metadata: { generateName: 'json-' }, spec: { size: 1 } }),
      )
      const path = `${widgets}/${made.metadata.name}`
      expect(await client.call('PATCH', path, operations, jsonPatch)).toMatchObject(
        refusal(422, 'Invalid', { message: 'the server rejected our request due to an error in our request' }),
      )
      expect(objectOf(await client.call('GET', path))).toEqual(made)
    })

    it('lets a replacement set what is not there yet', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('jsonset'))
      const operations = [{ op: 'replace', path: '/spec/name', value: 'x' }]
      expect(objectOf(await client.call('PATCH', `${widgets}/jsonset`, operations, jsonPatch)).spec?.['name']).toBe('x')
    })

    it('refuses what is no list of operations: 400', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('jsonwrong'))
      expect(await client.call('PATCH', `${widgets}/jsonwrong`, { op: 'add' }, jsonPatch)).toMatchObject(
        refusal(400, 'BadRequest'),
      )
    })

    it('removes a finalizer by test and remove', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('jsonfinal', { size: 1 }, { finalizers: ['a.b/c', 'd.e/f'] }))
      const operations = [
        { op: 'test', path: '/metadata/finalizers/0', value: 'a.b/c' },
        { op: 'remove', path: '/metadata/finalizers/0' },
      ]
      const path = `${widgets}/jsonfinal`
      const after = objectOf(await client.call('PATCH', path, operations, jsonPatch))
      expect(after.metadata['finalizers']).toEqual(['d.e/f'])
      expect(await client.call('PATCH', path, operations, jsonPatch)).toMatchObject(refusal(422, 'Invalid'))
      await client.call('PATCH', path, { metadata: { finalizers: null } }, mergePatch)
    })
  })

  describe('strategic merge patch', () => {
    it('is not for custom kinds: 415', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('strategic'))
      expect(await client.call('PATCH', `${widgets}/strategic`, {}, strategicMergePatch)).toMatchObject(
        refusal(415, 'UnsupportedMediaType'),
      )
    })

    it('cordons, taints and uncordons a Node as kubectl does', async () => {
      const { client, namespace } = context()
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: `${namespace}-node` } }
      await client.call('POST', '/api/v1/nodes', node)
      const path = `/api/v1/nodes/${namespace}-node`
      const patch = (body: unknown): Promise<unknown> =>
        client.call('PATCH', path, body, strategicMergePatch).then((answer) => objectOf(answer).spec)
      try {
        const taints = [{ key: 'a', effect: 'NoSchedule' }]
        expect(await patch({ spec: { unschedulable: true } })).toMatchObject({ unschedulable: true })
        expect(await patch({ spec: { taints } })).toMatchObject({ taints: expect.arrayContaining(taints) })
        const others = [{ key: 'b', effect: 'NoExecute' }]
        expect(await patch({ spec: { taints: others } })).not.toMatchObject({ taints: expect.arrayContaining(taints) })
        const after = await patch({ spec: { unschedulable: null, taints: null } })
        expect(after).not.toHaveProperty('unschedulable')
      } finally {
        await client.call('DELETE', path)
      }
    })
  })
}
