/**
 * What things cost, as the benches measured them on one machine (two cores, PostgreSQL on one of them). Times are
 * microseconds of processor time. Other machines have other figures: measure there, and put them here.
 */
export const costs = {
  /** An instance: a write to a connection, and each event in it (`fan-out`: one event a turn, and bursts of ten). */
  perWrite: 10,
  perEventInWrite: 0.5,
  /** An instance reads each event of the log, whoever it is for, and finds out where it goes. */
  perEventRead: 45,
  /** An instance: a `get` and a `create` over REST (`rest`). */
  perRead: 470,
  perCreate: 1_160,
  /** PostgreSQL: the statements of a `get`, and of a `create` with its event; an event that an instance reads. */
  databasePerRead: 180,
  databasePerCreate: 620,
  databasePerEventRead: 6,
  /** Events a second to which one instance can give offsets (`cluster`, 32 writers). */
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
