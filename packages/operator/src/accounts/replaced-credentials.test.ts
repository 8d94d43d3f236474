import { createKubernetesClient } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { expect, test } from 'vitest'
import { createLogger } from '@failover-ip/process'
import type { SecretRecord } from '../caches/secret-record.ts'
import { createReplacedCredentials } from './replaced-credentials.ts'
import { createSaveSecret } from './save-secret.ts'

const { signal } = new AbortController()
const source = (data: SecretRecord) => ({
  name: 'netcup',
  data,
  fingerprintWith: (of: SecretRecord) => JSON.stringify(of),
})

function setUp(stored: SecretRecord, refuse = false) {
  const calls: { before: SecretRecord; change: SecretRecord }[] = []
  let current = stored
  const secrets: (readonly string[])[] = []
  const replaced = createReplacedCredentials(source(stored), {
    saveSecret: async (_name, before, change) => {
      calls.push({ before, change })
      if (refuse) throw new Error('somebody was faster')
      current = { ...current, ...change }
    },
    current: () => current,
    onSecret: (_name, values) => void secrets.push(values),
  })
  return { replaced, calls, secrets, hold: (data: SecretRecord) => void (current = data) }
}

test('an account knows its own write before it comes back, and the state before it, but nobody else’s', async () => {
  const { replaced, calls, secrets } = setUp({ token: 'one', other: 'x' })
  const isOwn = (token: string): boolean => replaced.isOwn(JSON.stringify({ token, other: 'x' }))
  expect([isOwn('one'), isOwn('two')]).toEqual([true, false])
  const saving = replaced.save({ token: 'two' }, { signal })
  expect([isOwn('one'), isOwn('two')]).toEqual([true, true])
  await saving
  await replaced.save({ token: 'three' }, { signal })
  expect(calls.map(({ before }) => before['token'])).toEqual(['one', 'two'])
  expect([isOwn('one'), isOwn('two'), isOwn('three'), isOwn('four')]).toEqual([false, true, true, false])
  expect(secrets.at(-1)).toContain('three')
})

test('a write whose answer was lost is not sent again', async () => {
  const { replaced, calls, hold } = setUp({ token: 'one' }, true)
  await expect(replaced.save({ token: 'two' }, { signal })).rejects.toThrow('faster')
  hold({ token: 'two' })
  await replaced.save({ token: 'two' }, { signal })
  expect(calls).toHaveLength(1)
})

test('a Secret is patched only if it still holds what the change started from', async () => {
  const sent: { readonly path: string; readonly body: unknown }[] = []
  const client = createKubernetesClient({
    clock: systemClock(),
    transport: {
      server: 'test',
      namespace: undefined,
      close: () => undefined,
      request: ({ path, body }: { readonly path: string; readonly body?: unknown }) => {
        sent.push({ path, body: JSON.parse(String(body)) })
        return Promise.resolve({ status: 200, headers: {}, body: answer() })
      },
    } as never,
  })
  const logger = createLogger({
    clock: systemClock(),
    level: 'error',
    format: 'json',
    write: () => {},
    redact: (text) => text,
  })
  const saveSecret = createSaveSecret({ client, namespace: 'ops', logger })
  await saveSecret('netcup', { 'a/b': 'old' }, { 'a/b': 'new', more: 'ü' }, { signal })
  expect(sent).toEqual([
    {
      path: '/api/v1/namespaces/ops/secrets/netcup',
      body: [
        { op: 'test', path: '/data/a~1b', value: btoa('old') },
        { op: 'add', path: '/data/a~1b', value: btoa('new') },
        { op: 'add', path: '/data/more', value: 'w7w=' },
      ],
    },
  ])
})

async function* answer(): AsyncGenerator<Uint8Array> {
  const metadata = { name: 'netcup', namespace: 'ops', uid: '1', resourceVersion: '1' }
  yield new TextEncoder().encode(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata }))
}
