import type { Cluster, Redis } from 'ioredis'

/** What there is of Redis: one, or a cluster of nodes that each have a part of the keys. */
export interface RedisLink {
  /** Sends commands. In a cluster each has one key. */
  pub: Redis | Cluster
  /** What the Socket.IO adapter subscribes with. */
  sub: unknown
  /** Begins the names of keys; no other cluster of instances uses it. */
  prefix: string
  /** Begins the names of channels. */
  channelPrefix: string
  /** Whether channels are sharded: they belong to one node of a Redis Cluster, and not to all. */
  sharded: boolean
  /** Whether both connections are usable, as far as is known. */
  readonly ready: boolean
  /** The part of Redis that has a key, by a name, and whether it can be asked now. */
  partOf(key: string): { name: string; ready: boolean }
  /** Every connection that has keys, for commands that look at all keys. */
  nodes(): readonly Redis[]
  /**
   * Checks whether instances receive each other's messages through Redis and whether all of its nodes answer: null, or
   * the reason why not. Rejects when Redis does not answer within a second.
   */
  check(): Promise<string | null>
  close(): void
}
