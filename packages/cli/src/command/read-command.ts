import { parseArgs } from 'node:util'
import { canonicalAddress } from '@failover-ip/kubernetes'
import { nearestKey } from '@failover-ip/provider'
import { UsageError } from './usage-error.ts'

/** `check`, as it was asked for. */
export interface CheckCommand {
  readonly addresses: readonly string[]
  readonly namespace: string | undefined
  readonly operatorNamespace: string | undefined
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  /** Packages, files, or names of the bundled ones. */
  readonly providerPackages: readonly string[]
  readonly output: 'text' | 'json'
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'check'; readonly command: CheckCommand }

export const help = `Usage:
  failover-ip check [ADDRESS ...] [flags]          also: kubectl failover-ip check [ADDRESS ...]
      Looks whether addresses will move when they have to: credentials, addresses, nodes, agents, the path of
      the probes, rights, other controllers. Reads only. Without an ADDRESS: all FailoverIPs and classes. An ADDRESS may be one
      that no FailoverIP has yet.

      ok: as it should be. warn: it works, with something to know. FAIL: act. skip: it could not be looked at.
      Exit code 0, 1 when something fails, 2 when the command is wrong.

Flags:
  -n, --namespace NAME           of the FailoverIPs. Without it: all
      --operator-namespace NAME  where the Secrets lie. Without it: where the operator runs, or failover-ip
  -o, --output text|json         default text
      --provider-package NAME    a package or file that exports a provider from elsewhere; more than once if needed.
                                 Its code is run. Of scaleway, netcup and digitalocean the name is enough, and is
                                 needed only for a class with a controllerName of its own
      --kubeconfig FILE          Without it: KUBECONFIG, ~/.kube/config, or the pod's service account
      --context NAME             of the kubeconfig
  -h, --help
      --version
`

const options = {
  namespace: { type: 'string', short: 'n' },
  'operator-namespace': { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  'provider-package': { type: 'string', multiple: true, default: [] as string[] },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** Reads what follows the program's name. Throws `UsageError`. */
export function readCommand(args: readonly string[]): Command {
  const { positionals, values } = parse(args)
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  const [verb, ...addresses] = positionals
  if (verb === undefined) throw new UsageError('What is to be done? There is check; see --help.')
  if (verb !== 'check') throw new UsageError(`There is no command ${JSON.stringify(verb)}; there is check.`)
  const { output } = values
  if (output !== 'text' && output !== 'json') throw new UsageError('--output has to be text or json.')
  return {
    kind: 'check',
    command: {
      addresses: [...new Set(addresses.map(addressOf))],
      namespace: values.namespace,
      operatorNamespace: values['operator-namespace'],
      kubeconfig: values.kubeconfig,
      context: values.context,
      providerPackages: values['provider-package'],
      output,
    },
  }
}

function parse(args: readonly string[]): ReturnType<typeof parseStrictly> {
  const { tokens } = parseArgs({ args: [...args], allowPositionals: true, options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name in options) continue
    const nearest = nearestKey(token.name, Object.keys(options))
    throw new UsageError(
      `The flag ${token.rawName} is not known; ${nearest === undefined ? 'see --help.' : `did you mean --${nearest}?`}`,
    )
  }
  try {
    return parseStrictly(args)
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UsageError(`${first.replace(/\.$/, '')}; see --help.`)
  }
}

function parseStrictly(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options })
}

function addressOf(text: string): string {
  const address = canonicalAddress(text)
  if (address !== undefined) return address
  throw new UsageError(`${JSON.stringify(text)} is no IP address; check takes addresses like 51.15.129.35.`)
}
