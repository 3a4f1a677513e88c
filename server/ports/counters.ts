/** What was counted under a key in its present window. */
export interface Count {
  amount: number
  /** Milliseconds until the window ends; then counting begins at zero. */
  leftMs: number
}

/**
 * Counts under keys, each in a window of {@link Counters.windowSeconds} that begins with the first count. Keys consist
 * of parts with colons between them. Nothing here fails or waits long: what other instances have counted is part of the
 * result when they can be asked at once, and otherwise the result is what this instance has counted.
 */
export interface Counters {
  readonly windowSeconds: number
  /** @param amount what is added; below zero it is taken back. @returns the count with it */
  add(key: string, amount: number): Promise<Count>
  read(key: string): Promise<Count>
  /**
   * Forgets, here and where instances share counts, what these keys and the keys below them (`key:…`) hold; an empty
   * list means all. @returns how many counts there were
   */
  forget(keys: readonly string[]): Promise<number>
  /** The same for what only this instance has counted. */
  forgetHere(keys: readonly string[]): number
}
