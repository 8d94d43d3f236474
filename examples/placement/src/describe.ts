import { explain, place } from '@failover-ip/core'
import type { PlacementInput } from '@failover-ip/core'

/** Where each item goes and what decided it; below each that had to change, why not elsewhere. */
export function describe(input: PlacementInput): string {
  const { assignments, certificate } = place(input)
  const lines = input.items.flatMap(({ name, home }) => {
    const { node = null, level = 'none', standbys = [] } = assignments.get(name) ?? {}
    const next = standbys.length === 0 ? '' : `, next ${standbys.join(', ')}`
    const headline = `${name.padEnd(6)} ${home ?? '-'} -> ${node ?? 'nowhere'} (${level})${next}`
    const rejections = level === 'sticky' ? [] : (explain(input, name)?.rejections ?? [])
    return [headline, ...rejections.map(({ code, message }) => `         ${code.padEnd(16)} ${message}`)]
  })
  return `${lines.join('\n')}\nproven ${certificate.proven}, exchanges ${certificate.exchanges}\n`
}
