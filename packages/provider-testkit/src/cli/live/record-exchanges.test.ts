import { expect, it } from 'vitest'
import { recordExchanges } from './record-exchanges.ts'

it('notes no token: neither one that was given nor one that an answer handed out', async () => {
  const answers = [
    '{"access_token":"eyJ-first-access","refresh_token":"the-given-token"}',
    '{"who":"eyJ-first-access"}',
  ]
  const answer = (): Promise<Response> => Promise.resolve(new Response(answers.shift()))
  const { fetch, exchanges } = recordExchanges(answer, ['the-given-token'])
  await fetch('https://cloud.test/token', { method: 'POST', body: 'refresh_token=the-given-token' })
  await fetch('https://cloud.test/me?token=eyJ-first-access')
  expect(exchanges.map(({ path, requestBody, body }) => [path, requestBody, body])).toEqual([
    ['/token', 'refresh_token=[redacted]', '{"access_token":"[redacted 1]","refresh_token":"[redacted]"}'],
    ['/me?token=[redacted 1]', '', '{"who":"[redacted 1]"}'],
  ])
})
