import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import type { Priority } from './ready-keys.ts'
import { createWorkQueue } from './work-queue.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')
const priority = fc.constantFrom<Priority>('failover', 'normal', 'resync')
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key, priority }),
  fc.record({ do: fc.constant('addAfter' as const), key, priority, milliseconds: fc.nat(50) }),
  fc.record({ do: fc.constant('retry' as const), key, priority }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('done' as const), key }),
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat(60) }),
)

test('no key is with two workers, none is lost, and the urgent come first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = createVirtualClock()
      const queue = createWorkQueue({ clock })
      const working = new Set<string>()
      /** Keys that have to come now. */
      const owed = new Set<string>()
      /** Keys that have to come later: of several times the earliest counts. */
      const later = new Map<string, number>()
      const oweAt = (name: string, at: number): unknown => later.set(name, Math.min(at, later.get(name) ?? Infinity))
      const retries = new Map<string, number>()
      const becomeDue = (): void => {
        for (const [name, at] of later) {
          if (at > clock.monotonic()) continue
          later.delete(name)
          owed.add(name)
        }
      }
      const take = async (): Promise<void> => {
        const taken = await queue.take()
        if (taken === undefined) throw new Error('the queue is open')
        expect(working.has(taken)).toBe(false)
        working.add(taken)
        owed.delete(taken)
      }
      for (const action of steps) {
        const now = clock.monotonic()
        if (action.do === 'wait') {
          await clock.advance(action.milliseconds)
          becomeDue()
        } else if (action.do === 'take') await (queue.ready > 0 ? take() : undefined)
        else if (action.do === 'done') {
          if (working.delete(action.key)) queue.done(action.key)
        } else if (action.do === 'add') {
          queue.add(action.key, action.priority)
          owed.add(action.key)
        } else if (action.do === 'addAfter') {
          queue.addAfter(action.key, action.milliseconds, action.priority)
          if (action.milliseconds === 0) owed.add(action.key)
          else oweAt(action.key, now + action.milliseconds)
        } else {
          queue.retry(action.key, action.priority)
          oweAt(action.key, now + 5 * 2 ** (retries.get(action.key) ?? 0))
          retries.set(action.key, (retries.get(action.key) ?? 0) + 1)
        }
      }
      await clock.advance(2_000_000)
      becomeDue()
      for (const name of working) queue.done(name)
      working.clear()
      const rest: string[] = []
      while (queue.ready > 0) {
        const taken = await queue.take()
        if (taken !== undefined) rest.push(taken)
      }
      expect(new Set(rest).size).toBe(rest.length)
      expect([...owed].filter((name) => !rest.includes(name))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('the order of taking is by priority, then arrival', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.tuple(fc.string(), priority), { selector: ([name]) => name }), async (keys) => {
      const queue = createWorkQueue({ clock: createVirtualClock() })
      for (const [name, urgency] of keys) queue.add(name, urgency)
      const rank = { failover: 0, normal: 1, resync: 2 }
      const wanted = keys.toSorted(([, left], [, right]) => rank[left] - rank[right]).map(([name]) => name)
      const taken: (string | undefined)[] = []
      while (queue.ready > 0) taken.push(await queue.take())
      expect(taken).toEqual(wanted)
    }),
  )
})
