import { describe, expect, it } from 'vitest'

import { listOf, mergePatch, objectOf, refusal, widget } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeWatch(context: () => ContractContext): void {
  const version = async (): Promise<string> => {
    const { client, widgets } = context()
    return listOf(await client.call('GET', widgets)).metadata.resourceVersion
  }
  const named = (type: string, name: string, rest: object = {}): object => ({
    type,
    object: { kind: 'Widget', metadata: { name }, ...rest },
  })

  describe('watch', () => {
    it('gives every change after the version, in order, with the version of the deletion', async () => {
      const { client, widgets } = context()
      const since = await version()
      const made = objectOf(await client.call('POST', widgets, widget('seen')))
      await using watch = await client.watch(`${widgets}?watch=true&resourceVersion=${since}`)
      expect(watch.status).toBe(200)
      await client.call('PATCH', `${widgets}/seen`, { spec: { size: 2 } }, mergePatch)
      await client.call('DELETE', `${widgets}/seen`)
      expect(await watch.next()).toEqual({ type: 'ADDED', object: made })
      const changed = await watch.next()
      expect(changed).toMatchObject(named('MODIFIED', 'seen', { spec: { size: 2 } }))
      const deleted = await watch.next()
      expect(deleted).toMatchObject(named('DELETED', 'seen', { spec: { size: 2 } }))
      const versions = [changed, deleted].map((event) =>
        Number(objectOf({ status: 200, headers: new Map(), body: event?.object }).metadata.resourceVersion),
      )
      expect(versions[1]).toBeGreaterThan(versions[0] ?? Infinity)
    })

    it.each(['', '&resourceVersion=0'])('starts with what there is without a version (%s)', async (query) => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('there'))
      const path = `${widgets}?watch=1&fieldSelector=metadata.name%3Dthere${query}`
      await using watch = await client.watch(path)
      expect(await watch.next()).toMatchObject(named('ADDED', 'there'))
      await client.call('DELETE', `${widgets}/there`)
      expect(await watch.next()).toMatchObject(named('DELETED', 'there'))
    })

    it('shows what enters a selection as ADDED and what leaves it as DELETED', async () => {
      const { client, widgets } = context()
      const since = await version()
      const path = `${widgets}?watch=true&labelSelector=shown&resourceVersion=${since}`
      await using watch = await client.watch(path)
      await client.call('POST', widgets, widget('moving'))
      const label = (shown: string | null): Promise<unknown> =>
        client.call('PATCH', `${widgets}/moving`, { metadata: { labels: { shown } } }, mergePatch)
      await label('a')
      await label('b')
      await label(null)
      expect(await watch.next()).toMatchObject(named('ADDED', 'moving'))
      expect(await watch.next()).toMatchObject(named('MODIFIED', 'moving'))
      const left = await watch.next()
      expect(left).toMatchObject(named('DELETED', 'moving'))
      expect(left).toHaveProperty('object.metadata.labels.shown', 'b')
      await client.call('DELETE', `${widgets}/moving`)
    })

    it('shows an object held by finalizers as MODIFIED, then DELETED', async () => {
      const { client, widgets } = context()
      await client.call(
        'POST',
        widgets,
        widget('ending', { size: 1 }, { finalizers: ['contract.failover-ip.dev/hold'] }),
      )
      const since = await version()
      await using watch = await client.watch(`${widgets}?watch=true&resourceVersion=${since}`)
      await client.call('DELETE', `${widgets}/ending`)
      await client.call('PATCH', `${widgets}/ending`, { metadata: { finalizers: null } }, mergePatch)
      const marked = await watch.next()
      expect(marked).toMatchObject(named('MODIFIED', 'ending'))
      expect(marked).toHaveProperty('object.metadata.deletionTimestamp')
      expect(await watch.next()).toMatchObject(named('DELETED', 'ending'))
    })

    it('sends no event for a write that changes nothing', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('quiet'))
      const since = await version()
      await using watch = await client.watch(`${widgets}?watch=true&resourceVersion=${since}`)
      await client.call('PATCH', `${widgets}/quiet`, { spec: { size: 1 } }, mergePatch)
      await client.call('POST', widgets, widget('loud'))
      expect(await watch.next()).toMatchObject(named('ADDED', 'loud'))
    })

    it('marks the end of what was there when bookmarks are asked for', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('marked'))
      const start = `${widgets}?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dmarked`
      for (const query of ['', '&resourceVersion=0', '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan']) {
        await using watch = await client.watch(`${start}${query}`)
        expect(await watch.next()).toMatchObject(named('ADDED', 'marked'))
        expect(await watch.next()).toMatchObject({
          type: 'BOOKMARK',
          object: {
            kind: 'Widget',
            apiVersion: expect.any(String),
            metadata: {
              resourceVersion: expect.stringMatching(/^\d+$/u),
              annotations: { 'k8s.io/initial-events-end': 'true' },
            },
          },
        })
      }
    })

    it('refuses sendInitialEvents without its match: 422', async () => {
      const { client, widgets } = context()
      expect(await client.call('GET', `${widgets}?watch=true&sendInitialEvents=true`)).toMatchObject(
        refusal(422, 'Invalid', { details: { kind: 'ListOptions', causes: [{ field: 'resourceVersionMatch' }] } }),
      )
    })

    it('takes no notice of watch=true for a single object', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('single'))
      const answer = await client.call('GET', `${widgets}/single?watch=true`)
      expect(answer).toMatchObject({ status: 200, body: { kind: 'Widget', metadata: { name: 'single' } } })
    })

    it('ends after timeoutSeconds, with nothing but bookmarks when nothing happens', async () => {
      const { client, widgets } = context()
      const since = await version()
      const path = `${widgets}?watch=true&resourceVersion=${since}&timeoutSeconds=2&allowWatchBookmarks=true`
      await using watch = await client.watch(path)
      for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
        expect(event.type).toBe('BOOKMARK')
      }
    })

    it('ends without a bookmark when none was asked for', async () => {
      const { client, widgets } = context()
      const since = await version()
      await using watch = await client.watch(`${widgets}?watch=true&resourceVersion=${since}&timeoutSeconds=1`)
      expect(await watch.next()).toBeUndefined()
    })

    it('is one ERROR of 410 when the history does not reach back', async () => {
      const { client, widgets } = context()
      await using watch = await client.watch(`${widgets}?watch=true&resourceVersion=1`)
      expect(watch.status).toBe(200)
      expect(await watch.next()).toMatchObject({
        type: 'ERROR',
        object: {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          reason: 'Expired',
          code: 410,
          message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/u),
        },
      })
      expect(await watch.next()).toBeUndefined()
    })
  })
}
