import { describe, expect, it } from 'vitest'

import { mergePatch, refusal, widget } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

const table = {
  accept:
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
} as const

export function describeTable(context: () => ContractContext): void {
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
}
