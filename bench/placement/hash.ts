/** FNV-1a with MurmurHash3's finaliser: as cheap as a hash can be, so that the rivals are not slowed down by theirs. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return mix(value)
}

export function mix(start: number): number {
  let value = Math.imul(start ^ (start >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
