import type { DecidingLevel, PlacementInput, PlacementItem, PlacementNode, PlacementResult } from '@failover-ip/core'

const column = { width: 132, gap: 12, top: 64 }
const slot = { height: 34, gap: 8 }
const margin = 20

interface Look {
  readonly fill: string
  readonly says: string
}

const looks: Readonly<Record<DecidingLevel, Look>> = {
  sticky: { fill: '#d5dbe1', says: 'stays: its home is fit' },
  health: { fill: '#a9d3f5', says: 'the best health' },
  preference: { fill: '#b5e0b0', says: 'the best liked' },
  load: { fill: '#f7d98f', says: 'the flattest load' },
  hash: { fill: '#dcc6ee', says: 'a fixed tie-break' },
  only: { fill: '#a6dfd9', says: 'the only one left' },
  home: { fill: '#e8d8c8', says: 'none is better than home' },
  none: { fill: '#f5b5ae', says: 'no node may have it' },
}

interface Point {
  readonly x: number
  readonly y: number
}

interface Chip extends Point {
  readonly item: PlacementItem
  readonly level: DecidingLevel
  /** Whose column it is in. */
  readonly node: string
}

/** The result as an SVG: nodes as columns, slots as cells, items where they go and from where, dashed where they were. */
export function draw({ nodes, items }: PlacementInput, { assignments }: PlacementResult): string {
  const columns = new Map(nodes.map((node, index) => [node.name, margin + index * (column.width + column.gap)]))
  const taken = new Map<string, number>()
  const nextCell = (node: string): Point => {
    const row = taken.get(node) ?? 0
    taken.set(node, row + 1)
    return { x: (columns.get(node) ?? 0) + 10, y: column.top + 10 + row * (slot.height + slot.gap) }
  }
  const placed = items.map((item) => ({
    item,
    ...(assignments.get(item.name) ?? { node: null, level: 'none' as const }),
  }))
  // Who stays comes first, so that what moves in lies below it and what has left comes last.
  const chips = [...placed.filter(isAtHome), ...placed.filter((one) => !isAtHome(one))].flatMap(
    ({ item, level, node }) => (node === null ? [] : [{ item, level, node, ...nextCell(node) }]),
  )
  const ghosts = placed
    .filter((one) => !isAtHome(one))
    .flatMap(({ item, level }) =>
      item.home === null ? [] : [{ item, level, node: item.home, ...nextCell(item.home) }],
    )
  const rows = Math.max(0, ...taken.values())
  const bottom = column.top + 20 + rows * (slot.height + slot.gap)
  const width = 2 * margin + nodes.length * (column.width + column.gap) - column.gap
  const used = Object.entries(looks).filter(([level]) => placed.some((one) => one.level === level))
  const shapes = [
    ...nodes.map((node) => drawNode(node, columns.get(node.name) ?? 0, bottom - column.top)),
    ...ghosts.map(drawGhost),
    ...chips.map(drawChip),
    ...used.map(([, look], index) => drawKey(look, margin + (index * (width - 2 * margin)) / used.length, bottom + 26)),
  ]
  return svg(width, bottom + 50, shapes)
}

function isAtHome({ item, node }: { readonly item: PlacementItem; readonly node: string | null }): boolean {
  return node !== null && item.home === node
}

function svg(width: number, height: number, shapes: readonly string[]): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes,
    '</svg>',
  ].join('\n')}\n`
}

function drawNode({ name, verdict, labels, accounts }: PlacementNode, x: number, height: number): string {
  const [server] = accounts.values()
  const traits = [server?.location, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)]
  const slots = server?.capacity ?? 0
  const isUp = verdict === 'healthy'
  return [
    `<rect x="${x}" y="${column.top}" width="${column.width}" height="${height}" rx="8" fill="${isUp ? '#f4f6f8' : '#fbeeec'}" stroke="${isUp ? '#9aa5b1' : '#c0392b'}"/>`,
    text(
      { x: x + column.width / 2, y: 28 },
      `${name}${isUp ? '' : `, ${verdict}`}`,
      'font-size="14" font-weight="bold"',
    ),
    text({ x: x + column.width / 2, y: 48 }, `${traits.join(', ')}, ${slots} slots`, 'font-size="11" fill="#555"'),
  ].join('')
}

function drawChip({ item, level, node, x, y }: Chip): string {
  const box = `<rect x="${x}" y="${y}" width="${column.width - 20}" height="${slot.height}" rx="6" fill="${looks[level].fill}" stroke="#444"/>`
  const hasMoved = item.home !== null && item.home !== node
  return box + text(centre({ x, y }), hasMoved ? `${item.name} ← ${item.home}` : item.name)
}

function drawGhost({ item, level, x, y }: Chip): string {
  const fill = level === 'none' ? looks.none.fill : 'none'
  const box = `<rect x="${x}" y="${y}" width="${column.width - 20}" height="${slot.height}" rx="6" fill="${fill}" stroke="#888" stroke-dasharray="4 3"/>`
  return box + text(centre({ x, y }), item.name, 'fill="#777"')
}

function drawKey({ fill, says }: Look, x: number, y: number): string {
  const box = `<rect x="${x}" y="${y - 11}" width="14" height="14" rx="3" fill="${fill}" stroke="#444"/>`
  return `${box}<text x="${x + 20}" y="${y}" font-size="12">${says}</text>`
}

function centre({ x, y }: Point): Point {
  return { x: x + (column.width - 20) / 2, y: y + slot.height / 2 + 5 }
}

function text({ x, y }: Point, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" text-anchor="middle"${attributes === '' ? '' : ` ${attributes}`}>${escaped}</text>`
}
