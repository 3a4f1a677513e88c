import type { CommandInput, CommandOutput, Room } from '../../../contract/index.ts'
import {
  countMatching,
  type LogEvent,
  readableIn,
  readHead,
  type Reader,
  recoverable,
  seesProject,
} from '../../events/index.ts'
import type { Connection, Database } from '../../ports/database.ts'
import { AppError, unavailable } from '../../kernel/errors.ts'
import { createTurns } from '../../kernel/turns.ts'
import { drained, isBehind } from './backpressure.ts'
import { admit, type Presence, refusedRooms, rightsOf } from '../../features/rooms/index.ts'
import { isSeat, liveSeats, rooms as seat, seatsOfMember } from './internal-rooms.ts'
import type { Member } from './member.ts'
import { createPace } from './pace.ts'
import { missedAmong, missedBy, readAtOnce, replay, sendSeated } from './replay.ts'
import type { SendMessages } from './send-messages.ts'
import type { Traffic } from './traffic.ts'

export interface SubscriptionDeps {
  database: Pick<Database, 'query' | 'reads'>
  reader: Reader
  presence: Presence
  traffic: Traffic
  sendMessages: SendMessages
  replayLimit: number
  maxRooms: number
  /** Called for each join with a position, with the number of missed events. */
  replayed: (outcome: 'memory' | 'log' | 'lost', events: number) => void
  /** For a member that can be neither live nor caught up; its client reconnects and resumes. */
  restart: (member: Member, why: unknown) => void
}

type JoinInput = CommandInput<'join_room'>
type Joined = CommandOutput<'join_room'>

/** How long a join waits for this instance to reach a position that the client has from a faster instance. */
const reachMs = 2_000
/**
 * A client that has not joined anything within this time does not resume. A slow network may delay a join for seconds.
 */
const settleMs = 5_000

/**
 * Joining and leaving. A member is live (it sits in internal rooms and the broadcaster reaches it), or a join is
 * reading the log for it. In between it has no seats, so nothing reaches it twice or out of order. It goes live in the
 * same turn of the event loop in which it has got everything that this instance has applied.
 */
export function createSubscriptions(deps: SubscriptionDeps) {
  const { reader, presence, sendMessages } = deps
  // However many clients reconnect at once, other work keeps most of the connections to the database, and each joining
  // person has a share. The queue needs no bound, because a socket runs one join at a time.
  const unbounded = Number.POSITIVE_INFINITY
  const pace = createPace(deps.traffic.rows)
  const turns = createTurns({ running: 8, perKey: 2, alone: 3, waiting: unbounded, waitingPerKey: unbounded })
  const inTurn =
    (db: Connection) =>
    ({ person }: Member): Connection => ({
      query: statement => turns.run(person.id, () => db.query(statement)),
    })
  const databaseFor = inTurn(deps.database)
  const logFor = inTurn(deps.database.reads)

  /** Reads the rights again for as long as the log changed them during the read, so that no fence is missed. */
  async function refreshRights(member: Member) {
    for (;;) {
      const version = member.rightsVersion
      const rights = await rightsOf(databaseFor(member), member.person, member.key)
      if (version === member.rightsVersion) return void (member.rights = rights)
    }
  }

  /**
   * Waits for this instance to reach a position that the client has from a faster instance. A position that does not
   * exist is not waited for.
   *
   * @throws AppError `unavailable` when it does not reach it in time: going live from an earlier position would send the
   *   client again what it has
   */
  async function comeTo(member: Member, offset: number) {
    const { epoch, last } = await readHead(databaseFor(member))
    if (offset > last) return
    reader.hint(epoch, last)
    await reader.reach(offset, reachMs)
    if (reader.offset < offset) throw unavailable()
  }

  function enter(member: Member, fresh: readonly Room[], after: number) {
    for (const room of fresh) {
      member.rooms.set(room.name, { room, after })
      void member.socket.join(seat.presence(room.name))
      presence.join(room.name, member.person.id, member.socket.id)
    }
  }

  function goLive(member: Member) {
    if (member.closed) return
    member.live = true
    member.behindFrom = null
    member.started = true
    void member.socket.join(liveSeats(member))
  }

  function pause(member: Member) {
    member.live = false
    for (const one of [...member.socket.rooms]) if (isSeat(one, member)) void member.socket.leave(one)
  }

  /**
   * Finds out whether the log still has everything after `since`, how much that is, and whether it exceeds the limit;
   * returns the events too if they are few.
   */
  async function findMissed(member: Member, fresh: readonly Room[], { since, epoch }: JoinInput, upTo: number) {
    const nothing = { recovered: true, missed: 0, read: null, from: null }
    const lost = { recovered: false, missed: 0, read: null, from: 'lost' as const }
    if (since === undefined || fresh.length === 0) return nothing
    const recent = (epoch ?? reader.epoch) === reader.epoch ? reader.recent(since) : null
    if (recent && since <= upTo) {
      const applied = recent.filter(({ offset }) => offset <= upTo)
      if (applied.some(event => changesRights(event, member))) return lost
      const read = missedAmong(applied, member, fresh)
      return read.length > deps.replayLimit
        ? lost
        : { recovered: true, missed: read.length, read, from: 'memory' as const }
    }
    const log = logFor(member)
    const what = missedBy(member, fresh)
    const read = await readAtOnce(log, what, since, upTo)
    const missed = read?.length ?? (await countMatching(log, what, since, upTo, deps.replayLimit + 1))
    if (missed > deps.replayLimit) return lost
    const position = { since, epoch }
    const sound = await recoverable(
      log,
      reader.epoch,
      { personId: member.person.id, keyId: member.key?.id },
      position,
      upTo,
    )
    return sound ? { recovered: true, missed, read, from: 'log' as const } : lost
  }

  async function join(member: Member, input: JoinInput, answer: (joined: Joined) => void): Promise<void> {
    const names = [...new Set(input.rooms ?? [input.room!])]
    await pace.enter(member)
    // Many calls of a socket may be waiting when it closes, and nobody needs their results.
    if (member.closed) return
    await refreshRights(member)
    const wanted = await admit(databaseFor(member), names, member.rights, member.isElsewhere)
    const fresh = wanted.filter(room => !member.rooms.has(room.name))
    if (member.rooms.size + fresh.length > deps.maxRooms) {
      throw new AppError('rate_limited', `A socket may be in at most ${deps.maxRooms} rooms.`)
    }
    if (input.since !== undefined && input.since > reader.offset) await comeTo(member, input.since)
    if (member.behindFrom !== null) await recover(member, member.behindFrom)
    if (member.closed || member.socket.conn.readyState !== 'open') return

    const paused = member.behindFrom ?? reader.offset
    pause(member)
    const failure = await joinPaused(member, input, names, fresh, paused, answer).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    // A first join that was refused changed nothing. After any other join the events that came meanwhile must be sent,
    // even if it failed.
    if (member.started || member.rooms.size > 0) await resume(member, paused)
    if (failure) throw failure.error
  }

  async function resume(member: Member, after: number) {
    try {
      await catchUp(member, after)
      goLive(member)
    } catch (error) {
      deps.restart(member, error)
    }
  }

  /**
   * A member whose connection has too much waiting gets no live events until it has taken that. Then it gets what it
   * missed.
   */
  async function recover(member: Member, from: number) {
    if (await drained(member.socket.conn)) await resume(member, from)
  }

  async function joinPaused(
    member: Member,
    input: JoinInput,
    names: string[],
    fresh: readonly Room[],
    paused: number,
    answer: (joined: Joined) => void,
  ): Promise<void> {
    const { since } = input
    const { recovered, missed, read, from } = await findMissed(member, fresh, input, paused)
    if (from) deps.replayed(from, missed)
    const gone = fresh.filter(room => !stillReadable(room, member))
    if (gone.length > 0) throw refusedRooms(gone.map(({ name }) => ({ name, code: 'not_found' })))
    // The socket closed during the query. It must not be announced as entering after it has left.
    if (member.closed) return
    const before = missedBefore(member, fresh, recovered ? since : undefined)
    enter(member, fresh, before && recovered ? (since ?? paused) : paused)
    const list = presence.list(names, member.person.id)
    const listed = Object.values(list.members).reduce((sum, { length }) => sum + length, 0)
    pace.count(member, read ?? [], listed)
    answer({
      ...(input.rooms ? { rooms: names } : { room: names[0]! }),
      epoch: reader.epoch,
      offset: paused,
      recovered,
      missed,
      ...list,
    })
    if (!before) return
    member.personAfter = Math.min(member.personAfter, before.after)
    // The answer has announced these events. If sending them fails, the client has to reconnect for them.
    const onSent = (events: LogEvent[]) => {
      pace.count(member, events)
      return pace.wait(member)
    }
    const options = { read, onSent }
    await replay(sendMessages, logFor(member), member, before.matching, before.after, paused, options).catch(error =>
      deps.restart(member, error),
    )
  }

  /** The events that a join has to send before its member is live, apart from those that come meanwhile. */
  function missedBefore(member: Member, fresh: readonly Room[], since: number | undefined) {
    if (since !== undefined && fresh.length > 0) return { matching: missedBy(member, fresh), after: since }
    return member.started ? null : { matching: readableIn([], member.rights), after: member.personAfter }
  }

  /** Sends what has been applied since the pause until nothing is left; then the member goes live in the same turn. */
  async function catchUp(member: Member, after: number) {
    let at = after
    while (at < reader.offset && !member.closed) {
      const upTo = reader.offset
      const recent = reader.recent(at)
      if (recent) return sendSeated(sendMessages, member, recent)
      const all = [...member.rooms.values()].map(({ room }) => room)
      await replay(sendMessages, logFor(member), member, readableIn(all, member.rights), at, upTo)
      at = upTo
    }
  }

  function leave(member: Member, name: string) {
    const joined = member.rooms.get(name)
    // A closed socket has left all rooms already, and Socket.IO would keep the rooms that it joins now for ever.
    if (!joined || member.closed) return
    if (member.live) for (const one of seatsOfMember(member)) void member.socket.leave(one)
    member.rooms.delete(name)
    if (member.live) void member.socket.join(liveSeats(member))
    void member.socket.leave(seat.presence(name))
    presence.leave(name, member.person.id, member.socket.id, 0)
  }

  return {
    join,
    leave,
    /**
     * Called after live events up to `offset` were sent. A member that cannot keep up is taken out of live delivery and
     * served from the log.
     */
    relieve: (member: Member, offset: number): void => {
      if (!member.live || !isBehind(member.socket.conn)) return
      pause(member)
      member.behindFrom = offset
      member.turn = member.turn.then(async () => {
        if (member.behindFrom !== null) await recover(member, member.behindFrom)
      })
    },
    /**
     * A new member gets the events that concern its person from now on. Delivery starts after its first join, because a
     * resume has to send earlier events first, or after a moment if it joins nothing.
     */
    start: (member: Member): NodeJS.Timeout => {
      member.personAfter = reader.offset
      return setTimeout(() => {
        member.turn = member.turn.then(async () => {
          if (!member.started) await resume(member, member.personAfter)
        })
      }, settleMs)
    },
  }
}

/** Another role, or another API key under the same name: its client may lack what it sees now. */
const changesRights = ({ event, payload }: LogEvent, { person, key }: Member) =>
  (event === 'account_changed' && payload['user_id'] === person.id && payload['role_changed'] === true) ||
  (event === 'api_key_changed' && payload['api_key_id'] === key?.id && payload['sockets'] === 'restart')

/** The right may have ended since the room was requested. */
const stillReadable = (room: Room, { rights }: Member) => room.kind !== 'project' || seesProject(rights, room.id)

export type Subscriptions = ReturnType<typeof createSubscriptions>
