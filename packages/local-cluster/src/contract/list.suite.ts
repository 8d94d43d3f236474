import { beforeAll, describe, expect, it } from 'vitest'

import {
  listOf,
  mergePatch,
  namesOf,
  objectOf,
  refusal,
  widget,
  widgetApiVersion,
  widgetsPath,
} from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeList(context: () => ContractContext): void {
  describe('list', () => {
    let widgets = ''
    beforeAll(async () => {
      const { client, namespace } = context()
      const own = `${namespace}-list`
      await client.call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } })
      widgets = widgetsPath(own)
      const colors = ['Red', 'Green', 'Red', 'Green', 'Red']
      for (const [index, color] of colors.entries()) {
        const labels = { index: String(index), ...(index % 2 === 0 ? { even: '' } : {}) }
        await client.call('POST', widgets, widget(`w${4 - index}`, { size: 1, color }, { labels }))
      }
    })

    const names = async (query: string): Promise<readonly string[]> =>
      namesOf(listOf(await context().client.call('GET', `${widgets}?${query}`)))

    it('is in the order of the names, with a version to watch from', async () => {
      const list = listOf(await context().client.call('GET', widgets))
      expect(list).toMatchObject({ kind: 'WidgetList', apiVersion: widgetApiVersion })
      expect(list.metadata.resourceVersion).toMatch(/^\d+$/u)
      expect(namesOf(list)).toEqual(['w0', 'w1', 'w2', 'w3', 'w4'])
      expect(list.items[0]).toMatchObject({ apiVersion: widgetApiVersion, kind: 'Widget' })
    })

    it('leaves apiVersion and kind out of the items of built-in kinds', async () => {
      const list = listOf(await context().client.call('GET', '/api/v1/namespaces'))
      expect(list).toMatchObject({ kind: 'NamespaceList', apiVersion: 'v1' })
      expect(list.items[0]).not.toHaveProperty('kind')
    })

    it('spans namespaces, and is empty in one that does not exist', async () => {
      const { client } = context()
      const everywhere = listOf(await client.call('GET', `/apis/${widgetApiVersion}/widgets?labelSelector=index%3D0`))
      expect(namesOf(everywhere)).toEqual(['w4'])
      expect(namesOf(listOf(await client.call('GET', widgetsPath('nowhere'))))).toEqual([])
    })

    it('comes in pages of one version', async () => {
      const { client } = context()
      const first = listOf(await client.call('GET', `${widgets}?limit=2`))
      expect(namesOf(first)).toEqual(['w0', 'w1'])
      expect(first.metadata.remainingItemCount).toBe(3)
      await client.call('POST', widgets, widget('w2b'))
      await client.call('PATCH', `${widgets}/w3`, { metadata: { labels: { late: 'yes' } } }, mergePatch)
      const token = encodeURIComponent(first.metadata.continue ?? '')
      const second = listOf(await client.call('GET', `${widgets}?limit=2&continue=${token}`))
      expect(namesOf(second)).toEqual(['w2', 'w3'])
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
      expect(second.items[1]?.metadata).not.toHaveProperty('labels.late')
      const next = encodeURIComponent(second.metadata.continue ?? '')
      const last = listOf(await client.call('GET', `${widgets}?limit=2&continue=${next}`))
      expect(namesOf(last)).toEqual(['w4'])
      expect(last.metadata.continue ?? '').toBe('')
      await client.call('DELETE', `${widgets}/w2b`)
    })

    it('does not count what remains of a selection', async () => {
      const { client } = context()
      const page = listOf(await client.call('GET', `${widgets}?limit=1&labelSelector=even`))
      expect(namesOf(page)).toEqual(['w0'])
      expect(page.metadata.remainingItemCount).toBeUndefined()
      expect(page.metadata.continue).toEqual(expect.any(String))
    })

    it('refuses a continue token that it never gave: 400', async () => {
      expect(await context().client.call('GET', `${widgets}?limit=1&continue=nonsense`)).toMatchObject(
        refusal(400, 'BadRequest'),
      )
    })

    it('answers 410 Expired with a fresh token when the history of a page is gone', async () => {
      const { client, compact } = context()
      if (compact === undefined) return
      const first = listOf(await client.call('GET', `${widgets}?limit=2`))
      const made = objectOf(await client.call('POST', widgets, widget('w1b')))
      expect(made.metadata.name).toBe('w1b')
      await compact()
      const path = `${widgets}?limit=9&continue=${encodeURIComponent(first.metadata.continue ?? '')}`
      const answer = await client.call('GET', path)
      expect(answer).toMatchObject(refusal(410, 'Expired', { metadata: { continue: expect.any(String) } }))
      const token = /"continue":"([^"]+)"/u.exec(JSON.stringify(answer.body))?.[1] ?? ''
      const rest = await client.call('GET', `${widgets}?limit=9&continue=${encodeURIComponent(token)}`)
      expect(namesOf(listOf(rest))).toEqual(expect.arrayContaining(['w2', 'w3', 'w4']))
      expect(namesOf(listOf(rest))).not.toContain('w0')
      await client.call('DELETE', `${widgets}/w1b`)
    })

    it('gives an exact older version while the history holds it', async () => {
      const { client } = context()
      const before = listOf(await client.call('GET', widgets))
      await client.call('POST', widgets, widget('later'))
      const { resourceVersion } = before.metadata
      const exact = `limit=500&resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`
      expect(await names(exact)).toEqual(namesOf(before))
      expect(await names(`resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`)).toContain('later')
      expect(await names('resourceVersion=0')).toEqual(expect.arrayContaining([...namesOf(before)]))
      await client.call('DELETE', `${widgets}/later`)
    })

    it('answers 504 Timeout for a version that is not there yet', async () => {
      const { client } = context()
      const { metadata } = listOf(await client.call('GET', widgets))
      const future = Number(metadata.resourceVersion) + 1_000_000
      const answer = await client.call('GET', `${widgets}?resourceVersion=${future}`)
      expect(answer).toMatchObject(
        refusal(504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } }),
      )
    })

    it.each([
      ['index=1', ['w3']],
      ['index==1', ['w3']],
      ['index!=1', ['w0', 'w1', 'w2', 'w4']],
      ['index in (1, 2)', ['w2', 'w3']],
      ['index notin (1,2),index', ['w0', 'w1', 'w4']],
      ['even', ['w0', 'w2', 'w4']],
      ['!even', ['w1', 'w3']],
      ['even=', ['w0', 'w2', 'w4']],
      ['even,index!=0', ['w0', 'w2']],
    ])('selects by labels: %s', async (selector, expected) => {
      expect(await names(`labelSelector=${encodeURIComponent(selector)}`)).toEqual(expected)
    })

    it.each([
      ['metadata.name=w1', ['w1']],
      ['metadata.name!=w1', ['w0', 'w2', 'w3', 'w4']],
      ['metadata.namespace=nowhere', []],
    ])('selects by fields: %s', async (selector, expected) => {
      expect(await names(`fieldSelector=${encodeURIComponent(selector)}`)).toEqual(expected)
    })

    it('refuses a selector that it cannot read, and a field that it does not know: 400', async () => {
      const { client } = context()
      const path = (query: string): string => `${widgets}?${query}`
      expect(await client.call('GET', path('labelSelector=%3D%3D'))).toMatchObject(refusal(400, 'BadRequest'))
      expect(await client.call('GET', path('fieldSelector=spec.size%3D1'))).toMatchObject(refusal(400, 'BadRequest'))
      expect(await client.call('GET', '/api/v1/nodes?fieldSelector=spec.bogus%3D1')).toMatchObject(
        refusal(400, 'BadRequest', { message: expect.stringContaining('field label not supported: spec.bogus') }),
      )
    })
  })
}
