/**
 * Asks once for all callers that come before the question is sent. A caller that comes while a question is on its way
 * shares the next one, so no answer is older than the call.
 */
export function createSharedQuestion<T>(ask: () => Promise<T>): () => Promise<T> {
  let onItsWay: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | null = null

  const send = () => {
    next = null
    return ask()
  }
  return () => {
    if (next) return next
    next = onItsWay.then(send, send)
    onItsWay = next
    return next
  }
}
