/** Order by code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** FNV-1a over code units: 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** The fixed rank of one target for one claimant, from the hashes of their names: MurmurHash3's finaliser. Lower wins. */
export function tieBreak(claimant: number, target: number): number {
  let hash = claimant ^ Math.imul(target, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Where the name is in a list in the order of names; `undefined`: nowhere. */
export function positionOf(ascending: readonly { readonly name: string }[], name: string): number | undefined {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareText(ascending[middle]?.name ?? '', name) < 0) low = middle + 1
    else high = middle
  }
  return ascending[low]?.name === name ? low : undefined
}
