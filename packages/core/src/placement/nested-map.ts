/** The map at the key, which is made when there is none. */
export function nested<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = new Map<L, V>()
  map.set(key, created)
  return created
}
