import { unitOf, type AddressStatus } from '@failover-ip/core'
import { isAllowed } from '@failover-ip/operator/preflight'
import type { Observation, ServerMatch, ServerReference } from '@failover-ip/provider'
import type { AccountAnswer } from '../provider/ask-account.ts'
import type { Finding, Verdict } from '../report/finding.ts'
import type { CheckedAddresses } from './checked-addresses.ts'

type Found = Extract<Observation, { kind: 'found' }>
type Asked = Extract<AccountAnswer, { kind: 'asked' }>

/** A line for each address: whether it may be touched, whether it exists, who has it. */
export function checkAddresses(checked: CheckedAddresses, answer: AccountAnswer): readonly Finding[] {
  return checked.addresses.map((address) => {
    const { verdict, message } = judge(address, checked, answer)
    return { subject: 'address', verdict, message: `${address}: ${message}` }
  })
}

interface Judgement {
  readonly verdict: Verdict
  readonly message: string
}

function judge(address: string, checked: CheckedAddresses, answer: AccountAnswer): Judgement {
  const { class: served } = checked
  if (served === undefined) return { verdict: 'FAIL', message: checked.problem ?? 'it has no class' }
  if (!isAllowed(address, served.spec.addresses)) {
    return { verdict: 'FAIL', message: `the class ${served.name} does not list it: add it to its spec.addresses.` }
  }
  if (answer.kind === 'asked') return judgeAtProvider(address, checked, answer)
  const recorded = recordOf(checked, address)
  const where = recorded?.node === undefined ? '' : `; the operator's record has it on ${recorded.node}`
  return { verdict: 'skip', message: `the provider was not asked${where}` }
}

function judgeAtProvider(address: string, checked: CheckedAddresses, answer: Asked): Judgement {
  const unit = unitOf(address, answer.capabilities.unitPrefixLength)
  if (unit === undefined) {
    return { verdict: 'FAIL', message: `${answer.provider} does not route addresses of this family.` }
  }
  const observation = answer.observations.get(unit)
  switch (observation?.kind) {
    case 'found':
      return judgeFound(address, observation, checked, answer)
    case 'absent':
      return {
        verdict: 'FAIL',
        message: `the account has no ${unit}: order it, or take the credentials of the account that has it.`,
      }
    case 'unknown':
      return { verdict: 'FAIL', message: observation.error.message }
    case undefined:
      return { verdict: 'skip', message: 'the provider gave no answer' }
  }
}

function judgeFound(address: string, found: Found, checked: CheckedAddresses, { matches }: Asked): Judgement {
  const where = [found.unit, found.location].filter((text) => text !== '').join(', ')
  if (found.locked) {
    return {
      verdict: 'FAIL',
      message: `${where}, locked at the provider: no move is possible until it is unlocked there.`,
    }
  }
  if (found.inFlight) {
    return { verdict: 'warn', message: `${where}, the provider is working on it: check again when it has ended.` }
  }
  const { server } = found
  if (server === null) return { verdict: 'ok', message: `${where}, attached to no server (will be assigned)` }
  const recorded = recordOf(checked, address)
  const node = matches.find((match) => match.kind === 'matched' && isSame(match.server, server))?.node
  if (node !== undefined) return { verdict: 'ok', message: `${where}, attached to ${node}${becomes(node, recorded)}` }
  if (recorded?.server !== undefined && isSame(recorded.server, server)) {
    const message = `${where}, attached to the server ${server.id}, which has left the cluster (will be moved)`
    return { verdict: 'warn', message }
  }
  return judgeForeign(`${where}, attached to the server ${server.id}`, checked, matches)
}

/** A server of which it is not known that it is a node is a stranger's only if it is known of every node which it has. */
function judgeForeign(
  where: string,
  { failoverIP, class: served }: CheckedAddresses,
  matches: readonly ServerMatch[],
): Judgement {
  const unread = matches.filter(({ kind }) => kind === 'unknown').map(({ node }) => node)
  if (unread.length > 0) {
    return {
      verdict: 'skip',
      message: `${where}; whether that is a node is not known, as ${unread.join(', ')} could not be matched`,
    }
  }
  const policy = failoverIP?.spec.foreignHolder ?? served?.spec.foreignHolder
  if (policy === 'TakeOver') {
    return {
      verdict: 'warn',
      message: `${where}, which is no node of this cluster: foreignHolder is TakeOver, so that it will be taken.`,
    }
  }
  const message =
    `${where}, which is no node of this cluster, and foreignHolder is Refuse: detach it there, or set ` +
    'foreignHolder: TakeOver if nobody needs it there.'
  return { verdict: 'FAIL', message }
}

function becomes(node: string, recorded: AddressStatus | undefined): string {
  if (recorded?.node === undefined) return ' (will be adopted, no move)'
  return recorded.node === node ? '' : `, while the operator's record says ${recorded.node}`
}

function recordOf({ failoverIP }: CheckedAddresses, address: string): AddressStatus | undefined {
  return failoverIP?.status.addresses?.find((each) => each.address === address)
}

function isSame(one: ServerReference, other: ServerReference): boolean {
  return one.id === other.id && one.location === other.location
}
