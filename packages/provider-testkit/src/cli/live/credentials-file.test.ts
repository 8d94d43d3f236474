import { describe, expect, it } from 'vitest'
import { parseCredentialsFile, readCredentialsFile } from './credentials-file.ts'
import { LiveError } from './live-error.ts'

const secret = '4d1f7c2e-secret'
const names = ['ACCESS_KEY', 'SECRET_KEY']
const parse = (text: string): unknown => parseCredentialsFile({ path: 'cloud.env', text }, names)

describe('a file of credentials', () => {
  it.each([
    ['JSON', `{ "SECRET_KEY": "${secret}" }`],
    ['JSON after a byte order mark', `\uFEFF{ "SECRET_KEY": "${secret}" }`],
    ['a line', `SECRET_KEY=${secret}`],
    ['comments and Windows line ends', `# key\r\n\r\nSECRET_KEY = ${secret}\r\n`],
    ['double quotes', `SECRET_KEY="${secret}"`],
    ['single quotes', `SECRET_KEY='${secret}'`],
    ['export', `export SECRET_KEY="${secret}"`],
  ])('is read as %s', (_, text) => {
    expect(parse(text)).toEqual({ SECRET_KEY: secret })
  })

  it('keeps quotes that are no pair, and numbers as text', () => {
    expect(parse('SECRET_KEY="a=b')).toEqual({ SECRET_KEY: '"a=b' })
    expect(parse('{ "ACCESS_KEY": 7 }')).toEqual({ ACCESS_KEY: '7' })
  })

  it.each([
    ['a comma too many', `{ "SECRET_KEY": "${secret}", }`, 'cloud.env begins like JSON and is none'],
    ['JSON of another form', `{ "SECRET_KEY": ["${secret}"] }`, 'cloud.env must be one JSON object'],
    ['a line without a name', `ACCESS_KEY=1\n${secret}`, 'cloud.env, line 2: this is not NAME=VALUE.'],
    ['an unknown name', `\nSECRT_KEY=${secret}`, 'cloud.env, line 2: this name is not known; did you mean SECRET_KEY?'],
    [
      'a secret that ends like Base64',
      `${secret}==`,
      'line 1: this name is not known; known are ACCESS_KEY, SECRET_KEY.',
    ],
  ])('with %s is refused by its place, and nothing of it is repeated', (_, text, message) => {
    let refused: unknown
    try {
      parse(text)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(LiveError)
    expect(refused).toMatchObject({ message: expect.stringContaining(message) as string })
    expect(refused).not.toHaveProperty('cause')
    expect(refused instanceof Error ? `${refused.message}${refused.stack}` : '').not.toContain(secret.slice(0, 8))
  })

  it.each([
    ['/no/such/file', 'The file of credentials /no/such/file is not there.'],
    ['/', 'The file of credentials / is a folder.'],
  ])('that is no file is named: %s', async (path, message) => {
    await expect(readCredentialsFile(path)).rejects.toThrow(new LiveError(message))
  })
})
