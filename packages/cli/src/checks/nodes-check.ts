import { unitOf } from '@failover-ip/core'
import type { NodeRecord } from '@failover-ip/operator/preflight'
import type { AccountAnswer } from '../provider/ask-account.ts'
import type { Finding } from '../report/finding.ts'
import { candidateNodes, namesOf, type CheckedAddresses } from './checked-addresses.ts'

type Asked = Extract<AccountAnswer, { kind: 'asked' }>

/** Whether every candidate is matched to a server, and whether some of them are where the addresses can go. */
export function checkNodes(
  checked: CheckedAddresses,
  nodes: readonly NodeRecord[],
  answer: AccountAnswer,
): readonly Finding[] {
  const candidates = candidateNodes(nodes, checked)
  if (candidates.length === 0) {
    const message = 'No node may have the addresses: see nodeSelector, and the labels and taints of nodes.'
    return [{ subject: 'nodes', verdict: 'FAIL', message }]
  }
  return answer.kind === 'asked' && answer.matches.length > 0
    ? checkMatches(checked, candidates, answer)
    : [fromRecord(checked, candidates)]
}

function checkMatches(checked: CheckedAddresses, candidates: readonly NodeRecord[], answer: Asked): readonly Finding[] {
  const names = new Set(candidates.map(({ name }) => name))
  const matches = answer.matches.filter(({ node }) => names.has(node))
  const matched = matches.filter((match) => match.kind === 'matched')
  const findings: Finding[] = matches.flatMap((match): readonly Finding[] => {
    if (match.kind === 'matched') return []
    const advice =
      match.kind === 'unmatched' ? ' If it is not meant to have addresses, label it failover-ip.dev/exclude.' : ''
    const verdict = match.kind === 'unmatched' ? 'FAIL' : 'warn'
    return [{ subject: 'nodes', verdict, message: `${match.node}: ${match.message}${advice}` }]
  })
  const count = `${matched.length}/${candidates.length} matched to servers`
  const places = locationsOf(checked, answer)
  if (answer.capabilities.locationRule === null || places.length === 0) {
    return [
      ...findings,
      ...(findings.length === 0 ? [{ subject: 'nodes', verdict: 'ok', message: count } as const] : []),
    ]
  }
  const { location: kind } = answer.capabilities.locationRule
  for (const place of places) {
    const there = matched.filter(({ server }) => server.location === place)
    const where = `${there.length}/${candidates.length} in ${place}`
    if (there.length === 0 && matched.length > 0) {
      const elsewhere = namesOf(matched.map(({ node, server }) => `${node} is in ${server.location}`))
      const message = `No node is in ${place}, the only ${kind} that the addresses can go to: ${elsewhere}. Add a node there, or take an address of the nodes' ${kind}.`
      findings.push({ subject: 'nodes', verdict: 'FAIL', message })
    } else if (there.length === 1) {
      findings.push({
        subject: 'nodes',
        verdict: 'warn',
        message: `${count}, ${where}: it has nowhere to go when that one fails.`,
      })
    } else if (findings.length === 0) {
      findings.push({ subject: 'nodes', verdict: 'ok', message: `${count}, ${where}` })
    }
  }
  return places.length < 2 ? findings : [...findings, split(places, kind)]
}

/** They move as one, and there is no place for all of them. */
function split(places: readonly string[], kind: string): Finding {
  const message = `The addresses are in ${places.join(' and ')}, and they move as one: make a FailoverIP for each ${kind}.`
  return { subject: 'nodes', verdict: 'FAIL', message }
}

function locationsOf({ addresses }: CheckedAddresses, { observations, capabilities }: Asked): readonly string[] {
  const places = addresses.flatMap((address) => {
    const found = observations.get(unitOf(address, capabilities.unitPrefixLength) ?? '')
    return found?.kind === 'found' ? [found.location] : []
  })
  return [...new Set(places)].toSorted()
}

/** What the operator has counted, where the provider cannot be asked from here. */
function fromRecord({ failoverIP }: CheckedAddresses, candidates: readonly NodeRecord[]): Finding {
  const subject = 'nodes'
  const rejected = failoverIP?.status.rejectedNodes
  if (rejected === undefined) {
    return {
      subject,
      verdict: 'skip',
      message: `${candidates.length} candidates; the provider was not asked about them`,
    }
  }
  const unmatched = rejected['NoServer'] ?? 0
  const misplaced = rejected['WrongLocation'] ?? 0
  const counts = [
    ...(unmatched > 0 ? [`${unmatched} without a server in the account (see their spec.providerID)`] : []),
    ...(misplaced > 0 ? [`${misplaced} where the addresses cannot go`] : []),
  ]
  if (counts.length === 0)
    return {
      subject,
      verdict: 'ok',
      message: `${candidates.length} candidates, all with a server, as the operator says`,
    }
  return { subject, verdict: 'FAIL', message: `The operator has counted among the nodes: ${counts.join('; ')}.` }
}
