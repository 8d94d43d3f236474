import type { ClusterView, EventReport, NodeReport } from './cluster-view.ts'
import { clockTime, durationText } from './clock-time.ts'
import { lastMoveLine, whereaboutsOf } from './describe-address.ts'
import { keyHelp } from './keys.ts'
import type { PendingKey } from './keys.ts'
import type { MachineState } from './machines.ts'
import type { Span, Style, StyledLine } from './styled-line.ts'

/** Everything on the screen, as data. */
export interface Screen {
  readonly view: ClusterView
  readonly machines: ReadonlyMap<string, MachineState>
  readonly replicas: readonly { readonly name: string; readonly pid: number | undefined }[]
  /** What the user did, oldest first. */
  readonly deeds: readonly { readonly at: number; readonly text: string }[]
  readonly pending: PendingKey
  /** Unix milliseconds. */
  readonly now: number
}

const eventLines = 6

/** The live view, line by line; its height is the same all the time, so that it can be drawn in place. */
export function renderView(screen: Screen): readonly StyledLine[] {
  const { view, pending } = screen
  return [
    ...addressLines(screen),
    [],
    ...view.nodes.map((node, index) => nodeLine(screen, node, index + 1)),
    [],
    replicaLine(screen),
    [],
    ...historyLines(screen),
    [],
    [{ text: keyHelp(pending, view.nodes.length), style: pending === undefined ? 'dim' : 'bold' }],
  ]
}

function addressLines({ view: { failoverIP }, now }: Screen): readonly StyledLine[] {
  if (failoverIP === undefined) return [['waiting for the FailoverIP'], [], []]
  const { where, since, why } = whereaboutsOf(failoverIP)
  const { ready, name, addresses } = failoverIP
  const state: Span = ready?.status === 'True' ? styled('Ready', 'good') : styled(ready?.reason ?? 'Pending', 'warning')
  const sinceText = since === undefined ? '' : ` since ${clockTime(since)} (${durationText(now - since)})`
  return [
    [styled(`${name}  ${addresses.join('  ')}  `, 'bold'), state],
    ['  on ', styled(where, 'bold'), `${sinceText}. ${why}`],
    [styled(`  ${lastMoveLine(failoverIP) ?? 'It has not moved yet.'}`, 'dim')],
  ]
}

function nodeLine({ machines, view }: Screen, node: NodeReport, number: number): StyledLine {
  const { powered, partitioned } = machines.get(node.name) ?? { powered: true, partitioned: false }
  const machine = !powered ? 'no power' : partitioned ? 'cut off' : 'running'
  const kubernetes = node.ready === 'True' ? 'Ready' : 'NotReady'
  return [
    styled(`  ${number} `, 'dim'),
    `${node.name}  `,
    styled(machine.padEnd(10), powered && !partitioned ? 'good' : 'bad'),
    styled(`in Kubernetes: ${kubernetes.padEnd(9)}`, 'dim'),
    styled(node.cordoned ? ' cordoned ' : '          ', 'warning'),
    styled(view.failoverIP?.status.node === node.name ? '<- the address' : '', 'bold'),
  ]
}

function replicaLine({ replicas, view: { leader } }: Screen): StyledLine {
  const spans = replicas.map(({ name, pid }, index): StyledLine => {
    const role = pid === undefined ? 'starting again' : name === leader ? 'leads' : 'stands by'
    const style: Style = pid === undefined ? 'bad' : name === leader ? 'good' : 'plain'
    return [
      index === 0 ? '' : ', ',
      `${name} `,
      styled(role, style),
      styled(pid === undefined ? '' : ` (${pid})`, 'dim'),
    ]
  })
  return ['  operator: ', ...spans.flat()]
}

function historyLines({ view: { events }, deeds }: Screen): readonly StyledLine[] {
  const told = events.map((event) => ({ at: event.at, line: eventLine(event) }))
  const done = deeds.map(({ at, text }) => ({ at, line: [styled(`  ${clockTime(at)}  ${text}`, 'bold')] }))
  const lines = [...told, ...done]
    .toSorted((a, b) => a.at - b.at)
    .slice(-eventLines)
    .map(({ line }): StyledLine => line)
  const empty = Array.from({ length: eventLines - lines.length }, (): StyledLine => [])
  return [...lines, ...empty]
}

function eventLine({ at, type, reason, note }: EventReport): StyledLine {
  return [`  ${clockTime(at)}  `, styled(reason, type === 'Warning' ? 'warning' : 'good'), ` ${note}`]
}

function styled(text: string, style: Style): Span {
  return { text, style }
}
