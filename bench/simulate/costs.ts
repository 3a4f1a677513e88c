/**
 * What things cost, as the benches measured them on one machine (two cores, PostgreSQL on one of them). Times are
 * microseconds of processor time. Other machines have other figures: measure there, and put them here.
 */
export const costs = {
  /** An instance: a write to a connection, and each event in it (`fan-out`: one event a turn, and bursts of ten). */
  perWrite: 13,
  perEventInWrite: 2.5,
  /** An instance reads each event of the log, whoever it is for, and finds out where it goes. */
  perEventRead: 45,
  /** An instance: a `get` and a `create` over REST (`rest`). */
  perRead: 450,
  perCreate: 1_100,
  /** PostgreSQL: the statements of a `get`, and of a `create` with its event; an event that an instance reads. */
  databasePerRead: 190,
  databasePerCreate: 700,
  databasePerEventRead: 6,
  /** Events a second to which one instance can give offsets (`cluster`, 32 writers). */
  sequencedPerSecond: 4_000,
  /** Kilobytes: an idle connection that has joined (`storm`), a process without any (`start`). */
  memoryPerConnection: 40,
  memoryPerInstance: 200_000,
  /** Bytes of an event on the wire (`fan-out`). */
  bytesPerEvent: 700,
  /** Milliseconds from the commit to the moment when an instance knows of it, with nothing else to do (`cluster`). */
  noticeMs: 3,
} as const

export type Costs = { readonly [Name in keyof typeof costs]: number }
