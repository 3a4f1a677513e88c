export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  entries(): Iterable<[K, V]>
  readonly size: number
  clear(): void
}

/** A map that never holds more than `capacity` entries; the least recently used entry is removed. */
export function createLru<K, V>(capacity: number): Lru<K, V> {
  // A Map keeps the order of insertion, so an entry that is inserted again is the newest.
  const map = new Map<K, V>()
  return {
    get(key) {
      const value = map.get(key)
      if (value === undefined) return undefined
      map.delete(key)
      map.set(key, value)
      return value
    },
    set(key, value) {
      map.delete(key)
      map.set(key, value)
      if (map.size <= capacity) return
      for (const oldest of map.keys()) return void map.delete(oldest)
    },
    delete: key => void map.delete(key),
    entries: () => map,
    get size() {
      return map.size
    },
    clear: () => map.clear(),
  }
}
