import { beforeEach, expect, test } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { runWorkers } from './run-workers.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

let clock: VirtualClock
let queue: WorkQueue

beforeEach(() => {
  clock = createVirtualClock()
  queue = createWorkQueue({ clock })
})

/** Takes what is ready now, giving each back at once. */
async function drain(): Promise<string[]> {
  const keys: string[] = []
  while (queue.ready > 0) {
    const key = await queue.take()
    if (key === undefined) break
    keys.push(key)
    queue.done(key)
  }
  return keys
}

test('a failover goes before all else, then in the order of arrival', async () => {
  queue.add('r', 'resync')
  queue.add('n1')
  queue.add('n2')
  queue.add('f', 'failover')
  expect(await drain()).toEqual(['f', 'n1', 'n2', 'r'])
})

test('ten thousand resyncs do not delay a failover', async () => {
  for (let index = 0; index < 10_000; index++) queue.add(`r${index}`, 'resync')
  queue.add('f', 'failover')
  expect(await queue.take()).toBe('f')
})

test('a key waits once, and moves up when it becomes urgent, never down', async () => {
  queue.add('a', 'resync')
  queue.add('b', 'resync')
  queue.add('b', 'failover')
  queue.add('b', 'resync')
  queue.add('a', 'resync')
  expect(await drain()).toEqual(['b', 'a'])
})

test('a key with a worker comes again after it is done, once', async () => {
  queue.add('a')
  expect(await queue.take()).toBe('a')
  queue.add('a')
  queue.add('a')
  expect(queue.ready).toBe(0)
  queue.done('a')
  expect(await drain()).toEqual(['a'])
})

test('a waiting worker gets a key as soon as it comes', async () => {
  const waiting = queue.take()
  queue.add('a')
  expect(await waiting).toBe('a')
})

test('a delayed key comes at its earliest time', async () => {
  queue.addAfter('a', 5000)
  queue.addAfter('a', 1000)
  queue.addAfter('a', 3000)
  queue.addAfter('b', 500)
  await clock.advance(999)
  expect(await drain()).toEqual(['b'])
  await clock.advance(1)
  expect(await drain()).toEqual(['a'])
  await clock.advance(10_000)
  expect(await drain()).toEqual([])
})

test('retries double from 5 ms to 1000 s, until the key is forgotten', async () => {
  const delays: number[] = []
  for (let attempt = 0; attempt < 20; attempt++) {
    const before = clock.monotonic()
    queue.retry('a')
    await clock.until(() => queue.ready > 0, 2_000_000)
    delays.push(clock.monotonic() - before)
    await drain()
  }
  expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40])
  expect(delays.at(-1)).toBe(1_000_000)
  queue.forget('a')
  queue.retry('a')
  await clock.advance(5)
  expect(await drain()).toEqual(['a'])
})

test('takes no more than it may hold, but keys it has always', () => {
  queue = createWorkQueue({ clock, capacity: 2 })
  expect(queue.add('a')).toBe(true)
  expect(queue.addAfter('b', 100)).toBe(true)
  expect(queue.add('c')).toBe(false)
  expect(queue.addAfter('c', 100)).toBe(false)
  expect(queue.add('a', 'failover')).toBe(true)
  expect(queue.addAfter('b', 50)).toBe(true)
})

test('after closing it takes nothing and lets the workers go', async () => {
  const waiting = queue.take()
  queue.addAfter('b', 10)
  queue.close()
  expect(await waiting).toBeUndefined()
  expect(await queue.take()).toBeUndefined()
  expect(queue.add('a')).toBe(false)
  await clock.advance(100)
  expect(queue.ready).toBe(0)
})

test('workers retry what fails, look again when asked, and end with the work at hand', async () => {
  const stop = new AbortController()
  const seen: string[] = []
  const failed: string[] = []
  const last = Promise.withResolvers<undefined>()
  const work = async (key: string): Promise<{ againAfter: number } | undefined> => {
    seen.push(`${key} ${clock.monotonic()}`)
    if (key === 'bad' && seen.length < 3) throw new Error('not yet')
    if (key === 'last') return last.promise
    return key === 'again' ? { againAfter: 1000 } : undefined
  }
  const onError = (key: string): unknown => failed.push(key)
  let ended = false
  const run = runWorkers({ queue, concurrency: 2, signal: stop.signal, work, onError }).then(() => (ended = true))
  queue.add('bad')
  await clock.advance(100)
  expect(seen).toEqual(['bad 0', 'bad 5', 'bad 15'])
  expect(failed).toEqual(['bad', 'bad'])
  queue.add('again')
  await clock.advance(1000)
  expect(seen.slice(3)).toEqual(['again 100', 'again 1100'])
  queue.add('last')
  await clock.settle()
  stop.abort()
  await clock.settle()
  expect(ended).toBe(false)
  last.resolve(undefined)
  await run
})
