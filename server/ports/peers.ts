/**
 * The other instances on the same database. A message to them is a hint: it may be lost, come late, or arrive when it
 * is no longer true; what must not be lost is in PostgreSQL. Messages of one sender arrive in the order in which they
 * were sent.
 */
export interface Peers {
  /** Whether messages must be small: of events only their positions are sent then. */
  readonly sendsPositions?: boolean
  /** Sends to all other instances, not to this one. Never waits and never fails. */
  send(topic: string, message: unknown): void
  /** Sets the listener of a topic; each topic has one. */
  on(topic: string, listener: (message: never) => void): void
}

/** For a single instance: there is nobody to send to. */
export const noPeers: Peers = { send: () => {}, on: () => {} }
