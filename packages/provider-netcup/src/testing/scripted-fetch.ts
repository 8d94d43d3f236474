/** An answer that was captured or described, word by word. */
export interface Scripted {
  readonly status?: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** Answers by the first pattern that fits `METHOD url`, and keeps what was sent. */
export function scriptedFetch(script: readonly (readonly [pattern: RegExp, answer: Scripted])[]): {
  readonly fetch: typeof globalThis.fetch
  readonly sent: readonly Sent[]
} {
  const sent: Sent[] = []
  return {
    sent,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { method, url, headers } = request
      const body = await request.text()
      sent.push({ method, url, headers, body })
      const [, answer] = script.find(([pattern]) => pattern.test(`${method} ${url} ${body}`)) ?? []
      if (answer === undefined) throw new TypeError(`Nothing is scripted for ${method} ${url}.`)
      return new Response(answer.body, { status: answer.status ?? 200, headers: answer.headers ?? {} })
    },
  }
}

/** The answer of netcup's login; the access token's payload is `{"id":555001}`. */
export const loginAnswer: Scripted = {
  body: JSON.stringify({
    access_token: `eyJhbGciOiJSUzI1NiJ9.${btoa('{"id":555001,"sub":"f:1:100000"}')}.signature`,
    expires_in: 300,
    refresh_expires_in: 0,
    refresh_token: 'the-refresh-token',
    token_type: 'Bearer',
    'not-before-policy': 0,
    session_state: 'x',
    scope: 'profile offline_access email',
  }),
}
