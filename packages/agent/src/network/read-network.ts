import { CommandError } from '../commands/command-error.ts'
import type { Command, RunCommand, RunOptions } from '../commands/run-command.ts'
import { AnswerError } from './answer-error.ts'
import type { NetworkState, TranslationTable } from './network-state.ts'
import { routeProtocol, translationTable } from './our-mark.ts'
import { parseAddresses } from './parse-addresses.ts'
import { parseDefaultDevice, parseRoutes } from './parse-routes.ts'
import { parseTranslations } from './translation-rules.ts'

/** Asks `ip` and `nft` what there is. An `nft` that does not answer is part of the state, since few clouds need it. */
export async function readNetwork(run: RunCommand, options: RunOptions): Promise<NetworkState> {
  const ask = async <T>(command: Command, parse: (answer: unknown) => T): Promise<T> => {
    const text = await run(command, options)
    try {
      // With nothing to show some versions say nothing.
      return parse(text.trim() === '' ? [] : JSON.parse(text))
    } catch (error) {
      throw new AnswerError(command, error)
    }
  }
  const routes = (family: '-4' | '-6', ...selector: string[]): Command => [
    'ip',
    '-json',
    family,
    'route',
    'show',
    ...selector,
  ]
  const [{ links, addresses }, ipv4, ipv6, routes4, routes6, translations] = await Promise.all([
    ask(['ip', '-json', 'address', 'show'], parseAddresses),
    ask(routes('-4', 'default'), parseDefaultDevice),
    ask(routes('-6', 'default'), parseDefaultDevice),
    ask(routes('-4', 'proto', routeProtocol), (answer) => parseRoutes(answer, 'ipv4')),
    ask(routes('-6', 'proto', routeProtocol), (answer) => parseRoutes(answer, 'ipv6')),
    ask(['nft', '-json', 'list', 'table', 'inet', translationTable], parseTranslations).catch(withoutTable),
  ])
  options.signal.throwIfAborted()
  return {
    links,
    addresses,
    defaultDevice: { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) },
    routes: [...routes4, ...routes6],
    translations,
  }
}

function withoutTable(error: unknown): TranslationTable {
  if (error instanceof CommandError && error.stderr.includes('No such file or directory')) return { kind: 'absent' }
  return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
}
