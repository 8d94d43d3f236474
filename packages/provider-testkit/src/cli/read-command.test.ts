import { describe, expect, it } from 'vitest'
import { readCommand } from './read-command.ts'

describe('readCommand', () => {
  it('reads emulate', () => {
    expect(readCommand(['emulate', 'scaleway', '--port', '4000', '--switch', 'a=1', '--switch', 'b=x=y'])).toEqual({
      kind: 'emulate',
      command: { cloud: 'scaleway', port: 4000, latencyMs: 150, switches: { a: '1', b: 'x=y' } },
    })
  })

  it('reads live, each server once, parameters as JSON where they are', () => {
    const args =
      'live ./p.js --address 192.0.2.1 --servers a,b,,a --parameter zones=["x"] --parameter apiUrl=http://h --yes'
    expect(readCommand(args.split(' '))).toEqual({
      kind: 'live',
      command: {
        package: './p.js',
        provider: undefined,
        address: '192.0.2.1',
        servers: ['a', 'b'],
        parameters: { zones: ['x'], apiUrl: 'http://h' },
        credentialsFile: undefined,
        yes: true,
      },
    })
  })

  it.each([
    [[], 'help'],
    [['emulate', '--help'], 'help'],
  ])('helps with %j', (args, kind) => {
    expect(readCommand(args).kind).toBe(kind)
  })

  it.each([
    ['destroy x', 'There is no "destroy"'],
    ['emulate', '"emulate" of what?'],
    ['emulate scaleway netcup', '"netcup" is too much'],
    ['emulate scaleway --port x', '--port takes a whole number'],
    ['emulate scaleway --port 65536', '--port takes a whole number'],
    ['emulate scaleway --switch on', '--switch takes NAME=VALUE'],
    ['emulate scaleway --ports 1', 'The option --ports is not known; did you mean --port?'],
    ['emulate scaleway --constructor', 'The option --constructor is not known; see --help.'],
    ['emulate scaleway --port', '--port needs a value, as in --port=VALUE.'],
    ['emulate scaleway --port -1', '--port needs a value, as in --port=VALUE.'],
    ['live p --yes=no', '--yes takes no value.'],
    ['live p --address 192.0.2.1', 'needs --address and --servers'],
  ])('says what is wrong with %j', (line, message) => {
    expect(readCommand(line.split(' '))).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining(message) as string,
    })
  })
})
