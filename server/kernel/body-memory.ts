import type { IncomingMessage } from 'node:http'
import type { Key } from './turns.ts'

export interface BodyMemory {
  /**
   * Counts the bytes of a request's body that are kept, until the request has ended.
   *
   * @param owner the person, or the address of a client that is not signed in
   * @returns a function that adds bytes
   */
  keep(owner: Key, req: IncomingMessage): (bytes: number) => void
}

/** The bytes of all request bodies that are incomplete or wait for their turn. */
const mostKeptBytes = 64 * 1024 * 1024

interface Kept {
  req: IncomingMessage
  bytes: number
}

/**
 * Bounds the memory of incoming bodies. A body may come slowly, so it neither waits for a place nor occupies one. When
 * more is kept than fits, the largest body of the owner who keeps most is dropped, and its connection is closed.
 */
export function createBodyMemory(most = mostKeptBytes): BodyMemory {
  const owners = new Map<Key, Set<Kept>>()
  let total = 0

  function release(owner: Key, kept: Kept) {
    const all = owners.get(owner)
    if (!all?.delete(kept)) return
    total -= kept.bytes
    if (all.size === 0) owners.delete(owner)
  }

  function giveUpOne() {
    const sums = Array.from(owners, ([owner, all]) => ({
      owner,
      sum: [...all].reduce((sum, { bytes }) => sum + bytes, 0),
    }))
    const { owner } = sums.reduce((a, b) => (b.sum > a.sum ? b : a))
    const largest = [...owners.get(owner)!].reduce((a, b) => (b.bytes > a.bytes ? b : a))
    release(owner, largest)
    largest.req.destroy()
  }

  return {
    keep: (owner, req) => {
      const kept: Kept = { req, bytes: 0 }
      owners.set(owner, (owners.get(owner) ?? new Set()).add(kept))
      req.once('close', () => release(owner, kept))
      return bytes => {
        // Dropped already, so its bytes are no longer counted.
        if (!owners.get(owner)?.has(kept)) return
        kept.bytes += bytes
        total += bytes
        if (total > most) giveUpOne()
      }
    },
  }
}
