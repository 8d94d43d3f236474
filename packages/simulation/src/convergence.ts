import type { World } from './world/world.ts'

/** What is still missing until all is as it should be; `undefined` when nothing is. */
export function whatIsMissing(world: World): string | undefined {
  for (const { failoverIP } of world.objects.list()) {
    const { key, status, deleting } = failoverIP
    if (deleting) return `${key} is still there`
    const ready = status.conditions?.find(({ type }) => type === 'Ready')
    if (ready?.status !== 'True') return `${key} is not ready: ${ready?.reason} ${ready?.message}`
    const node = world.nodes.find(({ name }) => name === status.node)
    if (node === undefined) return `${key} has no node`
    if (node.wellSince === undefined) return `${key} is on ${node.name}, which is not well`
    for (const { unit, operation, server } of status.addresses ?? []) {
      if (operation !== undefined) return `${unit} has an open operation`
      const truth = world.cloud.attachment(unit)?.server
      if (truth !== node.server) return `${unit} is with ${truth}, not with ${node.server}`
      if (server?.id !== node.server) return `${unit} is recorded with ${server?.id}, not with ${node.server}`
    }
  }
  return undefined
}

export function hasConverged(world: World): boolean {
  return whatIsMissing(world) === undefined
}

/** Lets time pass until all is as it should be. Rejects with what is missing and the end of the trace. */
export async function converge(world: World, withinMilliseconds: number): Promise<void> {
  try {
    await world.clock.advanceUntil(() => hasConverged(world), { withinMilliseconds })
  } catch {
    const missing = whatIsMissing(world) ?? 'nothing'
    const tail = world.trace.lines.slice(-40).join('\n')
    throw new Error(`not settled after ${withinMilliseconds} ms: ${missing}\n${tail}`)
  }
}

/** What is written although nothing happens: status writes and changes at the provider during the given time. */
export async function writesDuring(world: World, milliseconds: number): Promise<readonly string[]> {
  const from = world.effects.list.length
  await world.clock.advance(milliseconds)
  return world.effects.list
    .slice(from)
    .filter(({ changes, label }) => changes && !label.endsWith(' Lease'))
    .map(({ label, process }) => `${process} ${label}`)
}
