import { isLeading } from './cluster-view.ts'
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
  /** By node, in the order of the keys that switch them. */
  readonly machines: ReadonlyMap<string, MachineState>
  readonly replicas: readonly { readonly name: string; readonly startedAt: number | undefined }[]
  /** What the user did, oldest first. */
  readonly deeds: readonly { readonly at: number; readonly text: string }[]
  readonly pending: PendingKey
  /** Unix milliseconds. */
  readonly now: number
  /** Of the terminal; lines are cut to it when they are painted. */
  readonly columns: number
}

const eventLines = 6

/** The live view, line by line. */
export function renderView(screen: Screen): readonly StyledLine[] {
  const { view, pending, columns } = screen
  const help = pack(keyHelp(pending, view.nodes.length), columns - 1)
  return [
    ...addressLines(screen),
    [],
    [styled('    node    machine   Kubernetes', 'dim')],
    ...view.nodes.map((node) => nodeLine(screen, node)),
    [],
    replicaLine(screen),
    [],
    ...historyLines(screen),
    [],
    ...help.map((line) => [styled(line, pending === undefined ? 'dim' : 'bold')]),
  ]
}

function addressLines({ view: { failoverIP }, now }: Screen): readonly StyledLine[] {
  if (failoverIP === undefined) return [['There is no FailoverIP.'], [], [], []]
  const { where, since, why } = whereaboutsOf(failoverIP)
  const { ready, name, addresses } = failoverIP
  const state: Span = ready?.status === 'True' ? styled('Ready', 'good') : styled(ready?.reason ?? 'Pending', 'warning')
  const sinceText = since === undefined ? '' : ` since ${clockTime(since)} (${durationText(now - since)})`
  return [
    [styled(name, 'bold'), '  ', state, ...addresses.flatMap((address) => ['  ', styled(address, 'bold')])],
    ['  on ', styled(where, 'bold'), sinceText],
    [`  ${why}`],
    [styled(`  ${lastMoveLine(failoverIP) ?? 'It has not moved yet.'}`, 'dim')],
  ]
}

function nodeLine({ machines, view }: Screen, node: NodeReport): StyledLine {
  const { powered, partitioned } = machines.get(node.name) ?? { powered: true, partitioned: false }
  const machine = !powered ? 'no power' : partitioned ? 'cut off' : 'running'
  const holds = view.failoverIP?.status.node === node.name
  const key = [...machines.keys()].indexOf(node.name) + 1
  return [
    holds ? styled('> ', 'bold') : '  ',
    `${key} ${node.name}  `,
    styled(machine.padEnd(10), powered && !partitioned ? 'good' : 'bad'),
    styled(node.ready === 'True' ? 'Ready     ' : 'NotReady  ', 'dim'),
    styled(node.cordoned ? 'cordoned' : '', 'warning'),
  ]
}

function replicaLine({ replicas, view }: Screen): StyledLine {
  const spans = replicas.map((replica, index): StyledLine => {
    const leads = isLeading(view, replica)
    const role = replica.startedAt === undefined ? 'is down' : leads ? 'leads' : 'stands by'
    const style: Style = replica.startedAt === undefined ? 'bad' : leads ? 'good' : 'plain'
    return [index === 0 ? '' : ', ', `${replica.name} `, styled(role, style)]
  })
  return ['  ', ...spans.flat()]
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

/** As many items to a line as fit. */
function pack(items: readonly string[], columns: number): readonly string[] {
  const lines: string[] = []
  for (const item of items) {
    const last = lines.at(-1)
    const longer = `${last ?? ''}   ${item}`
    if (last === undefined || longer.length > columns) lines.push(item)
    else lines[lines.length - 1] = longer
  }
  return lines
}

function styled(text: string, style: Style): Span {
  return { text, style }
}
