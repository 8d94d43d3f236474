import { noProber } from '@failover-ip/core'
import { expect, test } from 'vitest'
import { deferProber } from './deferred-prober.ts'
import type { OperatorProber } from './operator-prober.ts'

test('one that is closed before it has a key closes the prober that comes late', async () => {
  const closed: string[] = []
  const opening = Promise.withResolvers<OperatorProber>()
  const prober = deferProber(opening.promise)
  await prober.close?.()
  opening.resolve({ ...noProber, close: () => Promise.resolve(void closed.push('late')) })
  await expect.poll(() => closed).toEqual(['late'])
})
