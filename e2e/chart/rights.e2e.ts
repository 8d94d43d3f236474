import { expect, it } from 'vitest'
import { rightsOf } from './rights.ts'

interface Answer {
  readonly code: number
  readonly verb?: string
  readonly decision?: 'allow' | 'forbid'
}

/** What the API server notes of an agent that writes its FailoverNode. */
const logOf = (...answers: readonly Answer[]): string =>
  answers
    .map(({ code, verb = 'patch', decision = code === 403 ? 'forbid' : 'allow' }) =>
      JSON.stringify({
        stage: 'ResponseComplete',
        verb,
        user: { username: 'system:serviceaccount:failover-ip:failover-ip-agent' },
        objectRef: { apiGroup: 'failover-ip.dev', resource: 'failovernodes', subresource: 'status' },
        responseStatus: { code },
        annotations: { 'authorization.k8s.io/decision': decision },
      }),
    )
    .join('\n')
const right = 'patch failover-ip.dev/failovernodes/status'
const seen = (log: string) => {
  const { allowed, refused, notAdmitted } = rightsOf(log)
  const of = (rights: ReadonlyMap<string, ReadonlySet<string>>) => [...(rights.get('failover-ip-agent') ?? [])]
  return { allowed: of(allowed), refused: of(refused), notAdmitted: of(notAdmitted) }
}

it('takes a rule that had not got about yet for no refusal, and one that was refused in the end for one', () => {
  expect(seen(logOf({ code: 403 }, { code: 200 }))).toEqual({ allowed: [right], refused: [], notAdmitted: [] })
  expect(seen(logOf({ code: 200 }, { code: 403 }))).toEqual({ allowed: [right], refused: [right], notAdmitted: [] })
})

it('takes what was never answered otherwise for refused, whatever else was allowed', () => {
  const log = logOf({ code: 403 }, { code: 200, verb: 'create' })
  expect(seen(log)).toMatchObject({ refused: [right], allowed: ['create failover-ip.dev/failovernodes/status'] })
})

it('counts what admission refuses, also where it admits it later', () => {
  const log = logOf({ code: 403, decision: 'allow' }, { code: 200 })
  expect(seen(log)).toEqual({ allowed: [right], refused: [], notAdmitted: [right] })
})
