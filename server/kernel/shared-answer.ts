/**
 * Asks once for all callers that ask at the same time or within `ms` after the question. An answer that anybody may ask
 * for must not cost a database query each time. A failed question is not kept.
 */
export function createSharedAnswer<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let askedAt = Number.NEGATIVE_INFINITY
  let answer: Promise<T> | null = null

  return () => {
    if (answer && performance.now() - askedAt < ms) return answer
    askedAt = performance.now()
    const asked = ask()
    answer = asked
    asked.catch(() => {
      if (answer === asked) answer = null
    })
    return asked
  }
}
