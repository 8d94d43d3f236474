import { ProviderError } from '@failover-ip/provider'
import { expect, it } from 'vitest'
import { settled } from './settled.ts'

it('gives values and errors of the contract, and lets everything else pass', async () => {
  const error = new ProviderError('Busy', 'Later.', { outcome: 'not-applied' })
  const reason = new Error('the deadline')
  expect(await settled(Promise.resolve(7))).toBe(7)
  expect(await settled(Promise.reject(error))).toBe(error)
  await expect(settled(Promise.reject(reason))).rejects.toBe(reason)
})
