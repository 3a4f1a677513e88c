/**
 * Asks once for all callers that ask while the question is open, or within `ms` after it was asked. An answer that
 * anybody may ask for must not cost a database query each time. A failed question is not kept.
 *
 * @param times an answer that took long is kept for so many times as long
 */
export function createSharedAnswer<T>(ms: number, ask: () => Promise<T>, times = 0): () => Promise<T> {
  let keptUntil = Number.NEGATIVE_INFINITY
  let answer: Promise<T> | null = null

  return () => {
    if (answer && performance.now() < keptUntil) return answer
    const askedAt = performance.now()
    const asked = ask()
    answer = asked
    keptUntil = Number.POSITIVE_INFINITY
    asked.then(
      () => {
        if (answer === asked)
          keptUntil = Math.max(askedAt + ms, performance.now() + times * (performance.now() - askedAt))
      },
      () => {
        if (answer === asked) answer = null
      },
    )
    return asked
  }
}
