import type { CacheEntry, KubernetesObject, Reflector } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { createOwnWrites, type OwnWrites } from './own-writes.ts'

const labelOf = ({ metadata }: KubernetesObject): string => metadata.labels?.['at'] ?? ''

function objectAt(resourceVersion: string, uid = 'u1'): KubernetesObject {
  return { metadata: { name: 'web', uid, resourceVersion, labels: { at: resourceVersion } } }
}

/** A cache that shows what it is told to, and a clock that is moved by hand. */
function createWorld(): {
  readonly writes: OwnWrites<string>
  show(version: string | undefined, uid?: string): void
  pass(milliseconds: number): void
  labels(): readonly string[]
} {
  const entries = new Map<string, CacheEntry<string>>()
  let now = 0
  const never = (): Promise<void> => new Promise(() => undefined)
  const reflector: Reflector<string> = {
    cache: {
      get size() {
        return entries.size
      },
      get: (key) => entries.get(key),
      entries: () => entries.values(),
    },
    state: { synced: true, staleSince: undefined, listedAt: -1, malformed: 0, problem: undefined },
    subscribe: () => () => undefined,
    whenSynced: never,
    run: never,
  }
  const clock = { now: () => now, monotonic: () => now, sleep: never }
  const writes = createOwnWrites(reflector, clock, labelOf)
  return {
    writes,
    show: (version, uid = 'u1') => {
      if (version === undefined) entries.delete('web')
      else entries.set('web', { key: 'web', uid, resourceVersion: version, value: version })
    },
    pass: (milliseconds) => {
      now += milliseconds
    },
    labels: () => writes.newest().map(({ value }) => value),
  }
}

test('shows an own write at once, and the cache again when it has caught up', () => {
  const { writes, show, labels, pass } = createWorld()
  show('7')
  writes.wrote(objectAt('9'))
  expect(labels()).toEqual(['9'])
  show('8')
  pass(60_000)
  expect(labels()).toEqual(['9'])
  show('10')
  expect(labels()).toEqual(['10'])
})

test('waits for versions that cannot be compared, but not for ever', () => {
  const { writes, show, labels, pass } = createWorld()
  show('a')
  writes.wrote(objectAt('b'))
  expect(labels()).toEqual(['b'])
  show('c')
  expect(labels()).toEqual(['b'])
  pass(5000)
  expect(labels()).toEqual(['c'])
})

test('shows neither what is gone nor the predecessor of another object of the name', () => {
  const { writes, show, labels } = createWorld()
  show('7')
  writes.wrote(objectAt('9'))
  show('12', 'u2')
  expect(labels()).toEqual(['12'])
  show(undefined)
  expect(labels()).toEqual([])
})
