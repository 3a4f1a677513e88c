/** How often somebody may do something: so often a second on the average, and so often at once after a pause. */
export function createAllowance({ perSecond, atOnce }: { perSecond: number; atOnce: number }): () => boolean {
  let left = atOnce
  let at = performance.now()

  /** Whether it may be done once more now. */
  return () => {
    const now = performance.now()
    left = Math.min(atOnce, left + ((now - at) / 1000) * perSecond)
    at = now
    if (left < 1) return false
    left--
    return true
  }
}
