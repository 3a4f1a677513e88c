import type { IncomingMessage } from 'node:http'
import type { Key } from './turns.ts'

export interface BodyMemory {
  /**
   * Counts the bytes of a request's body that are kept, until the request is over.
   *
   * @param owner the person, or the address of somebody who is not signed in
   * @returns what adds bytes
   */
  keep(owner: Key, req: IncomingMessage): (bytes: number) => void
}

/** Bytes of bodies that are kept before they are whole, or wait for their turn: of all requests together. */
const mostKeptBytes = 64 * 1024 * 1024

interface Kept {
  req: IncomingMessage
  bytes: number
}

/**
 * Bounds the memory of bodies on their way. A body may come slowly, so it waits for no place, and takes none from others:
 * when more is kept than fits, the largest body of whoever keeps most is given up, and its connection closed.
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
        // Given up already: nobody counts it any more.
        if (!owners.get(owner)?.has(kept)) return
        kept.bytes += bytes
        total += bytes
        if (total > most) giveUpOne()
      }
    },
  }
}
