import type { Connection } from '../../ports/database.ts'
import { addUsage, type Call, type Counted, dropOlderCalls } from './usage.queries.ts'

/** A call with a key that has ended. */
export interface KeyCall {
  keyId: number
  /** Of HTTP, or `SOCKET`. */
  method: string
  /** Of the operation; its parameters are not filled in. */
  path: string
  status: number
  address: string
}

export interface KeyUsage {
  /** Counts a call. Never waits and never fails. */
  note(call: KeyCall): void
  /** Stores what was noted. To be called every few seconds, and at the end of the process. */
  write(): Promise<void>
}

/** The latest calls of a key that are stored at once, and that stay. */
const [latestOfKey, keptOfKey] = [20, 200]
/** Different counts, and calls, that an instance holds; further ones are counted nowhere until they are stored. */
const mostHeld = 50_000

/**
 * Counts what is called with API keys, in memory, so that no call waits for it. What was not stored is lost with
 * `kill -9`.
 */
export function createKeyUsage(db: Connection, now: () => number = Date.now): KeyUsage {
  let counts = new Map<string, Counted>()
  let calls: Call[] = []
  let writing: Promise<void> = Promise.resolve()

  function count(counted: Counted): void {
    const name = Object.values({ ...counted, calls: 0 }).join(' ')
    const known = counts.get(name)
    if (known) known.calls += counted.calls
    else if (counts.size < mostHeld) counts.set(name, { ...counted })
  }

  async function store(): Promise<void> {
    if (counts.size === 0) return
    const [counted, called] = [counts, calls]
    counts = new Map()
    calls = []
    try {
      await addUsage(db, [...counted.values()], latestOf(called))
    } catch (error) {
      for (const one of counted.values()) count(one)
      calls = [...called, ...calls].slice(-mostHeld)
      throw error
    }
    await dropOlderCalls(db, [...new Set(called.map(({ key_id }) => key_id))], keptOfKey)
  }

  return {
    note({ keyId, method, path, status, address }) {
      const at = new Date(now()).toISOString()
      count({ key_id: keyId, day: `${at.slice(0, 10)}T00:00:00.000Z`, method, path, status, calls: 1 })
      if (calls.length < mostHeld) calls.push({ key_id: keyId, at, method, path, status, ip_address: address })
      else
        calls[Math.floor(Math.random() * mostHeld)] = { key_id: keyId, at, method, path, status, ip_address: address }
    },
    write: () => (writing = writing.catch(() => {}).then(store)),
  }
}

const latestOf = (calls: readonly Call[]): Call[] =>
  [...Map.groupBy(calls, ({ key_id }) => key_id).values()].flatMap(ofKey => ofKey.slice(-latestOfKey))
