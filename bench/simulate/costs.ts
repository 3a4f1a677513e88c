/**
 * What things cost on one machine (two cores, PostgreSQL on one of them), rounded from the benches that are named, or
 * estimated. Times are microseconds of processor time. Other machines have other figures: measure there, and put them
 * here.
 */
export const costs = {
  /** An instance: a write to a connection, and each event in it (`fan-out`: one event a turn, and bursts of ten). */
  perWrite: 10,
  perEventInWrite: 0.5,
  /** An estimate, which no bench measures: an instance reads each event, whoever it is for, and finds out where it goes. */
  perEventRead: 45,
  /** An instance: a `get` and a `create` over REST (`rest`). */
  perRead: 470,
  perCreate: 1_160,
  /** PostgreSQL: the statements of a `get`, and of a `create` with its event (`rest`); an event that an instance reads (an estimate). */
  databasePerRead: 180,
  databasePerCreate: 620,
  databasePerEventRead: 6,
  /** Changes a second to which one instance can give offsets: below the 4,900 of docs/decisions/0001. */
  sequencedPerSecond: 4_000,
  /** Kilobytes: an idle connection that has joined (`connections`), a process without any (`start`). */
  memoryPerConnection: 23,
  memoryPerInstance: 200_000,
  /** Bytes of an event on the wire (`fan-out`). */
  bytesPerEvent: 700,
  /** Milliseconds from the commit to the moment when an instance knows of it, with nothing else to do (`cluster`). */
  noticeMs: 3,
} as const

export type Costs = { readonly [Name in keyof typeof costs]: number }
