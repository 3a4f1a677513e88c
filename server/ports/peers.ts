/**
 * The other instances on the same database. A word to them is a hint: it may be lost, come late, or come when it is no
 * longer true; what must not be lost is in PostgreSQL. From one sender, what comes comes in order.
 */
export interface Peers {
  /** Tells all others, not oneself. Never waits and never fails. */
  send(topic: string, message: unknown): void
  /** One listener a topic. */
  on(topic: string, listener: (message: never) => void): void
}

/** One instance alone: nobody to tell. */
export const noPeers: Peers = { send: () => {}, on: () => {} }
