import type { StartedCloud } from '../clouds/local-cloud.ts'
import type { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import type { ClusterView, FailoverIPView } from './cluster-view.ts'
import { DemoError } from './demo-error.ts'
import { phaseSplit, whereaboutsOf } from './describe-address.ts'
import { clockTime } from './clock-time.ts'
import type { ClusterWatch } from './watch-cluster.ts'

export interface ScriptContext {
  readonly cluster: {
    readonly nodes: Pick<SimulatedNodes, 'powerOff' | 'powerOn'>
    readonly cloud: Pick<StartedCloud, 'title' | 'units' | 'holder' | 'pace'>
  }
  readonly watch: Pick<ClusterWatch, 'view' | 'first'>
  /** One line: who does or says what. */
  readonly say: (who: string, what: string) => void
  readonly signal: AbortSignal
}

export interface ScriptResult {
  readonly from: string
  readonly to: string
  /** The move split by phase. */
  readonly split: string
}

/** An address that is not back after this long is lost. */
const stageMilliseconds = 30_000
/** Long enough for the operator to hear the node again and to think twice. */
const stayMilliseconds = 5_000

/**
 * A node loses its power, the address moves, the node comes back, the address stays. Rejects with a `DemoError` that
 * says which stage failed.
 */
export async function runScriptedFailover(context: ScriptContext): Promise<ScriptResult> {
  const { cluster, say } = context
  const from = holderOf(await reach(context, 'Serving the address', isServed))
  confirmAtCloud(cluster, from)
  tellAddress(context)

  const { bootID } = nodeOf(context.watch.view(), from) ?? {}
  cluster.nodes.powerOff(from)
  say('power', `${from} loses its power`)
  const moved = await reach(context, `Moving the address away from ${from}`, (view) => hasMovedFrom(view, from))
  const to = holderOf(moved)
  confirmAtCloud(cluster, to)
  tellAddress(context)
  const split = moved.failoverIP === undefined ? undefined : phaseSplit(moved.failoverIP)
  if (split === undefined) throw new DemoError('The move left no record of its phases.')
  say('phases', split)
  if (cluster.cloud.pace !== undefined) say('cloud', cluster.cloud.pace)

  cluster.nodes.powerOn(from)
  say('power', `${from} has power again`)
  await reach(context, `The return of ${from}`, (view) => isBack(view, from, bootID))
  say('node', `${from} has booted and is Ready`)
  await stay(context, to)
  confirmAtCloud(cluster, to)
  tellAddress(context)
  return { from, to, split }
}

export function isServed({ failoverIP }: ClusterView): boolean {
  return failoverIP?.ready?.status === 'True' && failoverIP.status.node !== undefined
}

export function hasMovedFrom(view: ClusterView, from: string): boolean {
  const { node, lastMove } = view.failoverIP?.status ?? {}
  return isServed(view) && node !== from && lastMove?.to === node && lastMove?.confirmedAt !== undefined
}

/** Ready after another boot than the one before. */
export function isBack(view: ClusterView, name: string, bootBefore: string | undefined): boolean {
  const node = nodeOf(view, name)
  return node?.ready === 'True' && node.bootID !== bootBefore
}

function nodeOf({ nodes }: ClusterView, name: string): ClusterView['nodes'][number] | undefined {
  return nodes.find((node) => node.name === name)
}

function holderOf({ failoverIP }: ClusterView): string {
  const node = failoverIP?.status.node
  if (node === undefined) throw new DemoError('The address is on no node.')
  return node
}

async function reach(
  { watch, signal }: ScriptContext,
  what: string,
  fits: (view: ClusterView) => boolean,
): Promise<ClusterView> {
  const view = await watch.first(fits, { milliseconds: stageMilliseconds, signal })
  if (view !== undefined) return view
  const seen = watch.view().failoverIP
  const state = seen === undefined ? '' : ` It is on ${whereaboutsOf(seen).where}: ${whereaboutsOf(seen).why}`
  throw new DemoError(`${what} took more than ${stageMilliseconds / 1_000} s.${state}`)
}

async function stay({ watch, signal, say }: ScriptContext, node: string): Promise<void> {
  const hasLeft = (view: ClusterView): boolean => !isServed(view) || view.failoverIP?.status.node !== node
  const left = await watch.first(hasLeft, { milliseconds: stayMilliseconds, signal })
  if (left !== undefined) throw new DemoError(`The address did not stay on ${node}.`)
  say('address', `has stayed on ${node} for ${stayMilliseconds / 1_000} s`)
}

/** What the status claims must be what the cloud does. */
function confirmAtCloud({ cloud }: ScriptContext['cluster'], node: string): void {
  for (const unit of cloud.units) {
    const holder = cloud.holder(unit) ?? 'no server'
    if (holder !== node) throw new DemoError(`The status says ${node}, but ${cloud.title} routes ${unit} to ${holder}.`)
  }
}

function tellAddress({ watch, say }: ScriptContext): void {
  const { failoverIP } = watch.view()
  if (failoverIP !== undefined) say('address', addressLine(failoverIP))
}

export function addressLine(failoverIP: FailoverIPView): string {
  const { where, since, why } = whereaboutsOf(failoverIP)
  const sinceText = since === undefined ? '' : ` since ${clockTime(since)}`
  return `${failoverIP.addresses.join(' and ')} on ${where}${sinceText}. ${why}`
}
