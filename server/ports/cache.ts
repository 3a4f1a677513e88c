/** What is to be cleared: entries by their keys, by a pattern with `*` and `?`, or all. */
export type Cleared = { keys: readonly string[] } | { pattern: string } | { all: true }

export interface CacheStats {
  backend: 'memory' | 'redis'
  /** Entries that this instance keeps, and with Redis those that all instances share. */
  keys: number
  /** Of this instance, since its start. */
  hits: number
  misses: number
  memoryBytes: number
}

/** Something that an instance keeps by itself and can drop, such as looked-up sessions; its name is its only key. */
export interface Kept {
  name: string
  size(): number
  drop(): void
}

/** Answers that are dear to find and may be a little old. They are JSON. */
export interface Cache {
  /**
   * The kept answer, or a new one. Everybody who asks meanwhile gets the same. A failed search is not kept.
   *
   * @param ms how long an answer is kept
   * @param times an answer that took long is kept for so many times as long, if that is more
   */
  get<T>(key: string, find: () => Promise<T>, kept: { ms: number; times?: number }): Promise<T>
  /** Adds something that is cleared, on every instance, with `all` or by its name. */
  include(kept: Kept): void
  /** Clears on every instance. What is being found meanwhile is not kept. Returns how many entries were known here. */
  clear(what: Cleared): Promise<number>
  stats(): Promise<CacheStats>
}
