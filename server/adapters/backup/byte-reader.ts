/** Reads a stream in amounts that the reader chooses. */
export interface ByteReader {
  /** So many bytes, fewer only at the end of the stream. */
  upTo(count: number): Promise<Buffer>
  /** Lets the stream go before its end. */
  close(): Promise<void>
}

export function readerOf(source: AsyncIterable<Buffer>): ByteReader {
  const chunks = source[Symbol.asyncIterator]()
  let held: Buffer[] = []
  let size = 0

  return {
    async upTo(count) {
      while (size < count) {
        const { done, value } = await chunks.next()
        if (done) break
        held.push(value)
        size += value.length
      }
      const all = held.length === 1 ? held[0]! : Buffer.concat(held)
      const taken = all.subarray(0, count)
      const rest = all.subarray(taken.length)
      held = rest.length > 0 ? [rest] : []
      size = rest.length
      return taken
    },
    close: async () => void (await chunks.return?.()),
  }
}
