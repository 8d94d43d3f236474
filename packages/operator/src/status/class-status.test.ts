import { createKubernetesClient, type FailoverIPClassStatus } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { expect, test } from 'vitest'
import { createClassStatus } from './class-status.ts'

const { signal } = new AbortController()
const at = '2026-11-21T00:00:00.000Z'

/** An API server with one class, in which writes of the given numbers meet a conflict. */
function serve(spec: object, status: object, conflicts: readonly number[] = []) {
  const metadata = { name: 'acme', uid: 'c1', resourceVersion: '1' }
  let stored: object = { metadata, spec, status }
  let writes = 0
  const transport = {
    request: ({ method, body = '' }: { readonly method: string; readonly body?: string }) => {
      const isConflict = method === 'PUT' && conflicts.includes(++writes)
      if (method === 'PUT' && !isConflict) stored = JSON.parse(body)
      const answer: object = isConflict ? { kind: 'Status', code: 409, reason: 'Conflict' } : stored
      return Promise.resolve({
        status: isConflict ? 409 : 200,
        headers: new Map<string, string>(),
        body: bytes(answer),
      })
    },
  }
  const classStatus = createClassStatus(createKubernetesClient({ transport, clock: systemClock() }))
  const note = (unit: string) =>
    classStatus.change(
      { name: 'acme', uid: 'c1' },
      (old): FailoverIPClassStatus => ({
        ...old,
        recentOperations: [...(old.recentOperations ?? []), { unit, at }],
      }),
      { signal },
    )
  return { note, status: () => ('status' in stored ? stored.status : undefined), writes: () => writes }
}

async function* bytes(value: unknown): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(JSON.stringify(value))
}

const good = { controllerName: 'failover-ip.dev/acme' }

test('changes of one class come one after the other, and none is lost to a conflict', async () => {
  const { note, status, writes } = serve(good, {}, [1, 3])
  expect(await Promise.all([note('a'), note('b')])).toEqual(['written', 'written'])
  expect(status()).toEqual({ recentOperations: ['a', 'b'].map((unit) => ({ unit, at })) })
  expect(writes()).toBe(4)
})

test('a spec that cannot be read costs no recorded operation', async () => {
  const { note, status } = serve({ ...good, onDrift: 'Sometimes' }, { recentOperations: [{ unit: 'old', at }] })
  expect(await note('new')).toBe('written')
  expect(status()).toEqual({ recentOperations: ['old', 'new'].map((unit) => ({ unit, at })) })
})

test.each([good, { ...good, onDrift: 'Sometimes' }])(
  'a status that is not understood is not written over: %j',
  async (spec) => {
    const status = { recentOperations: 'of another kind' }
    const served = serve(spec, status)
    expect(await served.note('new')).toBe('conflict')
    expect(served.writes()).toBe(0)
  },
)

test('gives up after some conflicts', async () => {
  const { note } = serve(good, {}, [1, 2, 3, 4])
  expect(await note('a')).toBe('conflict')
})
