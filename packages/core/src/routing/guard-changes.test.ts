import { expect, test } from 'vitest'
import { guardChanges } from './guard-changes.ts'

const url = 'https://cloud.example/ips'

test('what may change something is sent with authority alone, and what reads is always sent', async () => {
  const sent: string[] = []
  let mayAct = true
  const fetch = guardChanges(
    (input, init) => {
      const { method } = new Request(input, init)
      sent.push(method)
      return Promise.resolve(new Response(method))
    },
    { mayAct: () => mayAct },
  )
  for (const method of ['PATCH', 'POST', 'GET']) await fetch(url, { method })
  mayAct = false
  for (const method of ['PATCH', 'post', 'DELETE', 'PUT']) {
    await expect(fetch(url, { method })).rejects.toMatchObject({ code: 'AuthorityLost' })
    await expect(fetch(new Request(url, { method: method.toUpperCase() }))).rejects.toMatchObject({
      code: 'AuthorityLost',
    })
  }
  await fetch(url)
  await fetch(new Request(url, { method: 'HEAD' }))
  expect(sent).toEqual(['PATCH', 'POST', 'GET', 'GET', 'HEAD'])
})
