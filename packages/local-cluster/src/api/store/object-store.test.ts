import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { KubernetesObject } from '../kubernetes-object.ts'
import { createObjectStore } from './object-store.ts'
import type { Entry } from './object-store.ts'

const object = (name: string, value: number): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '' },
  value,
})

describe('object store', () => {
  it('counts every change with one number', () => {
    const store = createObjectStore()
    const start = store.resourceVersion
    expect(store.put('a', '/x', object('x', 1)).metadata.resourceVersion).toBe(String(start + 1))
    expect(store.put('b', '/y', object('y', 1)).metadata.resourceVersion).toBe(String(start + 2))
    expect(store.remove('a', '/x')?.metadata.resourceVersion).toBe(String(start + 3))
    expect(store.remove('a', '/x')).toBeUndefined()
    expect(store.resourceVersion).toBe(start + 3)
  })

  it('shows every version that its history holds exactly as it was, and no other', () => {
    const change = fc.record({ key: fc.constantFrom('/a', '/b', '/c'), value: fc.nat(9), remove: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (changes, historyLimit) => {
        const store = createObjectStore({ historyLimit })
        const past = new Map<number, readonly Entry[]>([[store.resourceVersion, []]])
        for (const { key, value, remove } of changes) {
          if (remove) store.remove('shelf', key)
          else store.put('shelf', key, object(key, value))
          past.set(store.resourceVersion, store.list('shelf'))
        }
        for (const [version, entries] of past) {
          const seen = store.listAt('shelf', version)
          if (seen === 'expired') expect(store.resourceVersion - version).toBeGreaterThanOrEqual(historyLimit)
          else expect(seen).toEqual(entries)
          expect(store.eventsSince('shelf', version) === 'expired').toBe(seen === 'expired')
        }
      }),
    )
  })

  it('replays events that lead from an old version to the present', () => {
    const store = createObjectStore()
    store.put('shelf', '/a', object('a', 1))
    const since = store.resourceVersion
    store.put('shelf', '/a', object('a', 2))
    store.put('other', '/b', object('b', 1))
    store.remove('shelf', '/a')
    expect(store.eventsSince('shelf', since)).toMatchObject([
      { type: 'MODIFIED', object: { value: 2 }, previous: { value: 1 } },
      { type: 'DELETED', object: { value: 2 }, previous: { value: 2 } },
    ])
  })

  it('forgets its history when told to', () => {
    const store = createObjectStore()
    const since = store.resourceVersion
    store.put('shelf', '/a', object('a', 1))
    store.expireHistory()
    expect(store.eventsSince('shelf', since)).toBe('expired')
    expect(store.eventsSince('shelf', store.resourceVersion)).toEqual([])
  })
})
