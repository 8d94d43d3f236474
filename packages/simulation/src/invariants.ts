import type { AddressStatus, FailoverIPInput } from '@failover-ip/core'
import type { Effect } from './machine/effects.ts'
import { changeOf, isReadOf } from './provider-change.ts'
import type { World } from './world/world.ts'

/** What must hold at every instant, whatever fails. Watches a world from now on; gives the list of what was broken. */
export function watchInvariants(world: World): readonly string[] {
  const violations: string[] = []
  const report = (sentence: string): void => {
    const line = `${(world.clock.monotonic() / 1000).toFixed(3)} ${sentence}`
    world.trace.add(`VIOLATION ${sentence}`)
    violations.push(line)
  }
  watchStatus(world, report)
  watchIntents(world, report)
  watchUnknownOutcomes(world, report)
  watchMoves(world, report)
  return violations
}

type Report = (sentence: string) => void

/** Status never goes back: epochs and generations grow, and a condition's time changes with its status alone. */
function watchStatus(world: World, report: Report): void {
  const { objects, cloud, clock } = world
  objects.onChange((before, after) => {
    if (before === undefined || after === undefined || before.uid !== after.uid || before.status === after.status)
      return
    const { key, status } = after
    if ((status.observedGeneration ?? 0) < (before.status.observedGeneration ?? 0)) report(`${key} forgot a generation`)
    for (const address of status.addresses ?? []) {
      const old = before.status.addresses?.find((one) => one.address === address.address)
      if (old === undefined) continue
      if (address.epoch < old.epoch) report(`${address.address} went back from epoch ${old.epoch} to ${address.epoch}`)
      const ended = old.operation?.kind === 'assign' && address.operation === undefined
      if (ended && address.epoch === old.epoch && address.server?.id === old.operation?.to?.id) {
        const truth = cloud.attachment(address.unit)?.server
        const disturbed = clock.monotonic() - world.movedByHandAt(address.unit) < handMoveTime
        if (truth !== address.server?.id && !disturbed) report(`${address.unit} was called moved, and was not`)
      }
    }
    for (const condition of status.conditions ?? []) {
      const old = before.status.conditions?.find(({ type }) => type === condition.type)
      if (old === undefined) continue
      const changed = old.status !== condition.status
      const dated = old.lastTransitionTime !== condition.lastTransitionTime
      if (dated && !changed) report(`${key} dates ${condition.type} anew without a change of its status`)
    }
  })
}

/** No change at the provider without its intent, stored before. */
function watchIntents({ effects, cloud, objects }: World, report: Report): void {
  effects.listen({
    issued: (effect) => {
      const change = changeOf(effect, cloud)
      if (change === undefined) return
      const intent = addressOf(objects.list(), change.unit)?.operation
      const covers = change.server === null || (intent?.kind === 'assign' && intent.to?.id === change.server)
      if (intent === undefined || !covers) report(`${effect.process} sent ${effect.label} without its intent`)
    },
  })
}

/** After a change whose outcome is not known, the unit is read before it is changed again. */
function watchUnknownOutcomes({ effects, cloud }: World, report: Report): void {
  const unread = new Map<string, Effect>()
  effects.listen({
    issued: (effect) => {
      const change = changeOf(effect, cloud)
      if (change === undefined) return
      const earlier = unread.get(change.unit)
      if (earlier !== undefined) report(`${effect.process} sent ${effect.label} without a read after ${earlier.label}`)
      unread.set(change.unit, effect)
    },
    refused: (effect) => {
      for (const [unit, sent] of unread) if (sent === effect) unread.delete(unit)
    },
    answered: (effect, value) => {
      const change = changeOf(effect, cloud)
      const isKnown = value instanceof Response && value.status < 500
      if (change !== undefined && isKnown && unread.get(change.unit) === effect) unread.delete(change.unit)
      if (change !== undefined || !isKnown) return
      for (const [unit, sent] of unread) {
        if (effect.index > sent.index && isReadOf(effect, unit, cloud)) unread.delete(unit)
      }
    },
  })
}

/** Changes take effect in the order of their epochs, and none takes an address from a node that is well. */
function watchMoves(world: World, report: Report): void {
  const { effects, cloud, objects } = world
  const epochs = new Map<Effect, number>()
  const effected = new Map<string, number>()
  const places = new Map(cloud.snapshot().ips.map(({ unit, server }) => [unit, server]))
  effects.listen({
    issued: (effect) => {
      const change = changeOf(effect, cloud)
      if (change !== undefined) epochs.set(effect, addressOf(objects.list(), change.unit)?.operation?.epoch ?? 0)
      // What somebody moved by hand is no move of ours.
      for (const { unit, server } of cloud.snapshot().ips) places.set(unit, server)
    },
    done: (effect) => {
      const change = changeOf(effect, cloud)
      if (change === undefined) return
      const { unit } = change
      const from = places.get(unit)
      const to = cloud.attachment(unit)?.server ?? null
      if (from === to) return
      const epoch = epochs.get(effect) ?? 0
      if (epoch < (effected.get(unit) ?? 0)) report(`${unit} was changed by epoch ${epoch} after ${effected.get(unit)}`)
      const open = addressOf(objects.list(), unit)?.operation?.epoch
      if (open !== epoch) report(`${unit} was changed by epoch ${epoch} when its intent was closed`)
      effected.set(unit, Math.max(epoch, effected.get(unit) ?? 0))
      const node = world.nodes.find(({ server }) => server === from)
      if (node !== undefined && isNeedless(world, unit, node.wellSince, places))
        report(`${unit} left ${node.name}, which was well`)
      places.set(unit, to)
    },
  })
}

/** So long after somebody moved an address by hand, or a node was ill, a move may still be because of it. */
const handMoveTime = 120_000
const recoveryTime = 120_000

function isNeedless(
  world: World,
  unit: string,
  wellSince: number | undefined,
  places: ReadonlyMap<string, string | null>,
): boolean {
  const now = world.clock.monotonic()
  const owner = ownerOf(world, unit)
  if (wellSince === undefined || now - wellSince < recoveryTime || owner?.deleting === true) return false
  const siblings = owner?.status.addresses?.map((address) => address.unit) ?? [unit]
  const isSplit = siblings.some((other) => places.get(other) !== places.get(unit))
  const touched = siblings.some((other) => now - world.movedByHandAt(other) < handMoveTime)
  return !isSplit && !touched
}

function ownerOf({ objects }: World, unit: string): FailoverIPInput | undefined {
  return objects
    .list()
    .map(({ failoverIP }) => failoverIP)
    .find(({ status }) => status.addresses?.some((address) => address.unit === unit))
}

function addressOf(
  objects: readonly { readonly failoverIP: FailoverIPInput }[],
  unit: string,
): AddressStatus | undefined {
  return objects.flatMap(({ failoverIP }) => failoverIP.status.addresses ?? []).find((address) => address.unit === unit)
}
