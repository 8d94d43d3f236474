import { beforeEach, expect, test } from 'vitest'
import type { ResourceType } from '../client/resource-type.ts'
import { createFakeApi, statusBody, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { createReflector, type Reflector, type ReflectorOptions } from './reflector.ts'
import type { ReflectorProblem } from './reflector-problem.ts'

const things: ResourceType = { group: 'x.dev', version: 'v1', kind: 'Thing', plural: 'things', namespaced: false }
const path = '/apis/x.dev/v1/things'

let api: FakeApi
let clock: VirtualClock
let problems: ReflectorProblem[]
let over: ReflectorProblem[]
let changes: string[]
let stop: AbortController

beforeEach(() => {
  api = createFakeApi()
  clock = createVirtualClock()
  problems = []
  over = []
  changes = []
  stop = new AbortController()
  api.put(path, { name: 'a', spec: 1 })
})

function start(more: Partial<ReflectorOptions<unknown>> = {}): Reflector<unknown> {
  const reflector = createReflector<unknown>({
    transport: api.transport,
    clock,
    random: () => 0.5,
    resource: things,
    select: (object) => object['spec'],
    onProblem: (problem) => problems.push(problem),
    onRecovered: (problem) => over.push(problem),
    ...more,
  })
  reflector.subscribe((batch) => {
    for (const { key, previous, current } of batch)
      changes.push(`${key} ${previous?.uid ?? '-'} ${current?.uid ?? '-'}`)
  })
  void reflector.run(stop.signal)
  return reflector
}

function contents(reflector: Reflector<unknown>): Record<string, unknown> {
  return Object.fromEntries([...reflector.cache.entries()].map(({ key, value }) => [key, value]))
}

function isWatch(request: { readonly path: string }): boolean {
  return request.path.includes('watch=1')
}

test('lists in pages, then follows the watch, and keeps only what was selected', async () => {
  for (const name of ['b', 'c', 'd', 'e']) api.put(path, { name, spec: 1, large: 'x'.repeat(1000) })
  const reflector = start({ pageSize: 2 })
  await clock.settle()
  expect(reflector.state).toMatchObject({ synced: true, staleSince: undefined })
  expect(api.requests.filter((request) => !isWatch(request)).length).toBe(3)
  api.put(path, { name: 'f', spec: 2 })
  api.put(path, { name: 'a', spec: 3 })
  api.remove(path, 'b')
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 3, c: 1, d: 1, e: 1, f: 2 })
})

test('asks for bookmarks and a time-out of 5 to 10 minutes, and continues from the last bookmark', async () => {
  start()
  await clock.settle()
  expect(api.watches[0]?.request.path).toMatch(/allowWatchBookmarks=true&resourceVersion=2&timeoutSeconds=450/)
  api.watches[0]?.stream.write('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"77"}}}\n')
  await clock.advance(2000)
  api.watches[0]?.stream.end()
  await clock.settle()
  expect(api.watches[1]?.request.path).toContain('resourceVersion=77')
  expect(problems).toEqual([])
})

test('lists again after 410, as an answer and as an event, and finds what it missed [A46]', async () => {
  const reflector = start()
  await clock.advance(20_000)
  for (const kind of ['answer', 'event'] as const) {
    api.put(path, { name: kind, spec: 1 })
    const watch = api.watches.pop()
    api.watches.length = 0
    api.remove(path, kind)
    api.put(path, { name: `after-${kind}`, spec: 1 })
    api.compacted = api.version
    if (kind === 'answer') watch?.stream.end()
    else watch?.stream.write(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired', 'too old') })}\n`)
    await clock.advance(20_000)
  }
  expect(contents(reflector)).toEqual({ a: 1, 'after-answer': 1, 'after-event': 1 })
  expect(problems).toEqual([])
})

test('starts the list again when its continue token is gone, the third time without pages [A46]', async () => {
  for (const name of ['b', 'c']) api.put(path, { name, spec: 1 })
  api.intercept = (request) =>
    request.path.includes('continue=') ? { status: 410, body: statusBody(410, 'Expired', 'too old') } : undefined
  const reflector = start({ pageSize: 1 })
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 1, b: 1, c: 1 })
})

test('what a broken-off list held is not taken into the next [A46]', async () => {
  for (const name of ['b', 'c']) api.put(path, { name, spec: 1 })
  let broken = false
  api.intercept = (request) => {
    if (broken || !request.path.includes('continue=')) return undefined
    broken = true
    api.remove(path, 'a')
    return { status: 410, body: statusBody(410, 'Expired', 'too old') }
  }
  const reflector = start({ pageSize: 1 })
  await clock.settle()
  expect(contents(reflector)).toEqual({ b: 1, c: 1 })
})

test('finds a half-open watch by its silence and goes on over a fresh connection [A46]', async () => {
  const reflector = start()
  await clock.settle()
  api.watches.length = 0
  api.put(path, { name: 'b', spec: 1 })
  await clock.advance(89_000)
  expect(reflector.cache.get('b')).toBeUndefined()
  await clock.advance(2000)
  expect(reflector.cache.get('b')?.value).toBe(1)
  expect(api.requests.filter(isWatch).map(({ freshConnection }) => freshConnection)).toEqual([undefined, true])
  expect(problems).toEqual([])
})

test('a stream with traffic is not taken for silent', async () => {
  start()
  for (let minute = 0; minute < 10; minute++) {
    await clock.advance(60_000)
    api.put(path, { name: 'a', spec: minute })
  }
  expect(api.watches.length).toBe(1)
})

test('backs off while the server is away, says so once, knows since when, and recovers', async () => {
  const reflector = start()
  await clock.advance(15_000)
  api.put(path, { name: 'a', spec: 2 })
  await clock.settle()
  api.intercept = () => 'refuse'
  api.watches.pop()?.stream.fail(new Error('reset'))
  api.requests.length = 0
  await clock.advance(600_000)
  expect(reflector.state.staleSince).toBe(15_000)
  expect(problems.map(({ code }) => code)).toEqual(['Unavailable'])
  expect(api.requests.length).toBeGreaterThan(20)
  expect(api.requests.length).toBeLessThan(40)
  expect(contents(reflector)).toEqual({ a: 2 })
  expect(over).toEqual([])

  api.put(path, { name: 'b', spec: 1 })
  api.intercept = () => undefined
  await clock.advance(30_000)
  expect(contents(reflector)).toEqual({ a: 2, b: 1 })
  expect(reflector.state).toMatchObject({ staleSince: undefined, problem: undefined })
  expect(over).toEqual(problems)
})

test.each([401, 403])('a %i of an API server that has just started is no news', async (code) => {
  start()
  await clock.advance(15_000)
  api.intercept = () => 'refuse'
  api.watches.pop()?.stream.fail(new Error('reset'))
  await clock.advance(2000)
  api.intercept = () => ({ status: code, body: statusBody(code, '', 'not yet') })
  await clock.advance(4000)
  api.intercept = () => undefined
  await clock.advance(60_000)
  expect(problems.map((each) => each.code)).toEqual(['Unavailable'])
  expect(over).toEqual(problems)
})

test('says once that watching is refused, although listing is not', async () => {
  api.intercept = (request) =>
    isWatch(request) ? { status: 403, body: statusBody(403, 'Forbidden', 'no') } : undefined
  const reflector = start()
  await clock.advance(300_000)
  expect(reflector.state.synced).toBe(true)
  expect(problems.map(({ code }) => code)).toEqual(['Forbidden'])
})

test('trouble that becomes another is over', async () => {
  api.intercept = () => 'refuse'
  start()
  await clock.advance(10_000)
  api.intercept = () => ({ status: 403, body: statusBody(403, 'Forbidden', 'no') })
  await clock.advance(120_000)
  expect(problems.map(({ code, what }) => `${code} ${what}`)).toEqual([
    'Unavailable things.x.dev',
    'Forbidden things.x.dev',
  ])
  expect(over).toEqual(problems.slice(0, 1))
})

test('a server that ends every watch at once is not asked in a tight loop', async () => {
  start()
  await clock.settle()
  api.intercept = (request) => (isWatch(request) ? { status: 200, body: '' } : undefined)
  api.watches.pop()?.stream.end()
  await clock.advance(60_000)
  expect(api.requests.length).toBeLessThan(20)
  expect(problems).toEqual([])
})

test('a server that ends every watch after a bookmark is not asked in a tight loop either, and nothing is missed', async () => {
  api.intercept = (request) =>
    isWatch(request)
      ? {
          status: 200,
          body: { type: 'BOOKMARK', object: { kind: 'Thing', metadata: { resourceVersion: String(api.version) } } },
        }
      : undefined
  const reflector = start()
  await clock.advance(60_000)
  const asked = api.requests.length
  expect(asked).toBeGreaterThan(30)
  expect(asked).toBeLessThan(70)
  expect(reflector.state.synced).toBe(true)
  api.intercept = () => undefined
  await clock.advance(1000)
  api.put(path, { name: 'b', spec: 2 })
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 1, b: 2 })
})

test('heeds Retry-After', async () => {
  api.intercept = () => ({
    status: 429,
    body: statusBody(429, 'TooManyRequests', 'later'),
    headers: { 'retry-after': '20' },
  })
  start()
  await clock.advance(19_000)
  expect(api.requests.length).toBe(1)
})

test('an object of the same name with a new UID is a deletion and an addition [A46]', async () => {
  start()
  await clock.settle()
  api.put(path, { name: 'a', uid: 'second', spec: 2 })
  await clock.settle()
  expect(changes).toEqual(['a - uid-2', 'a uid-2 -', 'a - second'])

  const watch = api.watches.pop()
  api.remove(path, 'a')
  api.put(path, { name: 'a', uid: 'third', spec: 3 })
  api.compacted = api.version
  watch?.stream.fail(new Error('reset'))
  await clock.advance(5000)
  expect(changes.slice(3)).toEqual(['a second -', 'a - third'])
})

test('ignores stale and repeated events', async () => {
  const reflector = start()
  await clock.settle()
  api.put(path, { name: 'a', spec: 'new' })
  await clock.settle()
  const event = (type: string, version: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name: 'a', uid: 'uid-2', resourceVersion: version }, spec: 'old' } })}\n`
  api.watches[0]?.stream.write(event('MODIFIED', '2') + event('MODIFIED', '3') + event('DELETED', '2'))
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 'new' })
  expect(changes.length).toBe(2)
})

test('counts and reports what it cannot read, and goes on with the rest', async () => {
  api.put(path, { name: 'bad', spec: 'bad' })
  const reflector = start({
    select: (object) => {
      if (object['spec'] === 'bad') throw new Error('no good')
      return object['spec']
    },
  })
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 1 })
  api.watches[0]?.stream.write('{nonsense\n{"type":"ADDED","object":{}}\n{"type":"NEW","object":{}}\n\n')
  api.put(path, { name: 'a', spec: 'bad' })
  api.put(path, { name: 'b', spec: 2 })
  await clock.settle()
  expect(contents(reflector)).toEqual({ a: 1, b: 2 })
  expect(reflector.state.malformed).toBe(5)
  expect(problems.map(({ code, key }) => [code, key])).toEqual([
    ['Malformed', 'bad'],
    ['Malformed', undefined],
    ['Malformed', undefined],
    ['Malformed', undefined],
    ['Malformed', 'a'],
  ])
})

test('a line cut anywhere is put together, also within a character', async () => {
  const reflector = start()
  await clock.settle()
  const line = `${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'b', uid: 'u', resourceVersion: '9' }, spec: 'grün' } })}\n`
  for (const piece of line.match(/.{1,7}\n?/gs) ?? []) {
    api.watches[0]?.stream.write(piece)
    await clock.settle()
  }
  expect(contents(reflector)).toEqual({ a: 1, b: 'grün' })
})

test.each(['with the connection', 'behind a silent connection'])(
  'recovers when the server was restored from a backup, %s [A46]',
  async (how) => {
    const restore = api.snapshot()
    const reflector = start()
    for (let spec = 2; spec < 9; spec++) api.put(path, { name: 'a', spec })
    api.put(path, { name: 'b', spec: 1 })
    await clock.advance(1000)
    expect(contents(reflector)).toEqual({ a: 8, b: 1 })
    if (how !== 'with the connection') api.watches.length = 0
    restore()
    api.put(path, { name: 'c', spec: 1 })
    await clock.advance(95_000)
    expect(contents(reflector)).toEqual({ a: 1, c: 1 })
    api.put(path, { name: 'a', spec: 'again' })
    await clock.settle()
    expect(contents(reflector)).toEqual({ a: 'again', c: 1 })
  },
)

test('lists again when the watch itself goes back', async () => {
  api.version = 50
  api.put(path, { name: 'a', spec: 'before' })
  const reflector = start()
  await clock.settle()
  api.version = 10
  api.put(path, { name: 'a', spec: 'restored' })
  await clock.advance(1000)
  expect(contents(reflector)).toEqual({ a: 'restored' })
})

test.each([
  [404, 'NotFound', 'NotInstalled', 'custom resource definitions'],
  [403, 'Forbidden', 'Forbidden', 'RBAC'],
  [401, 'Unauthorized', 'Unauthorized', 'credentials'],
])('on %i at the start says once what to do, and starts when it is done', async (code, reason, problem, words) => {
  api.intercept = () => ({ status: code, body: statusBody(code, reason, 'no') })
  const reflector = start()
  await clock.advance(300_000)
  expect(reflector.state.synced).toBe(false)
  expect(problems.map((each) => each.code)).toEqual([problem])
  expect(problems[0]?.message).toContain(words)
  api.intercept = () => undefined
  await clock.advance(30_000)
  expect(contents(reflector)).toEqual({ a: 1 })
})

test('a handler that throws keeps nothing from the others', async () => {
  const reflector = start()
  reflector.subscribe(() => {
    throw new Error('mine')
  })
  const seen: string[] = []
  reflector.subscribe((batch) => seen.push(...batch.map(({ key }) => key)))
  await clock.settle()
  expect(seen).toEqual(['a'])
  expect(problems.map(({ code }) => code)).toEqual(['HandlerFailed'])
})

test('ends at once when told to, and closes its watch', async () => {
  const reflector = createReflector({
    transport: api.transport,
    clock,
    random: () => 0,
    resource: things,
    select: () => 1,
  })
  const run = reflector.run(stop.signal)
  await clock.settle()
  stop.abort(new Error('stop'))
  await run
  await clock.settle()
  expect(api.watches[0]?.stream.closed).toBe(true)
})
