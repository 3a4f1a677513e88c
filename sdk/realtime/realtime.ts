import {
  type ApplicationEventName,
  type CommandInput,
  type CommandName,
  type CommandOutput,
  isApplicationEvent,
  type Job,
  type Task,
} from '../../contract/index.ts'
import type { Clock } from '../client/clock.ts'
import { createConnection } from './connection.ts'
import { createEmitter } from '../client/emitter.ts'
import { createEarlyEvents } from './early-events.ts'
import { createEventPages, type EventPage, type ReadEvents } from './event-pages.ts'
import { isKnownEvent, liveEvent, weightOf, type LiveEvent, type PublishedEvent } from './live-event.ts'
import type { Position } from './position.ts'
import { isPresenceSignal, nobody, reducePresence, type Presence, type PresenceChange } from '../state/presence.ts'
import type { Session } from '../client/session.ts'
import { emptyStream, joined, received, resumeFrom } from './stream.ts'
import { errorFrom, isTaskwireError, networkError, type TaskwireError } from '../client/taskwire-error.ts'
import type { LiveStatus } from './disconnect-policy.ts'

export interface RealtimeOptions {
  /** Whether to get one message in place of the single events of a bulk change; true by default. */
  bulk?: boolean
}

type RealtimeEvents = {
  status: [LiveStatus]
  /** Committed changes, in order, each once. (A version may come again after a join: compare it with the known one.) */
  event: [LiveEvent]
  /**
   * The log does not reach back to the client's position, so what the client holds may be outdated: load it again.
   * Events continue meanwhile.
   */
  reset: []
  presence: [Presence]
  /**
   * The state of a job, for members of `user_<owner>` or `admin`. It is not kept: after a `reset` or a join, call
   * `jobs.status`.
   */
  job: [Job]
  roomLeft: [room: string, reason: string]
  signedOut: [reason: string]
} & {
  /** Application events by their names, beside `event`, which has them too. */
  [Name in ApplicationEventName]: [PublishedEvent]
}

export interface Realtime {
  on<Name extends keyof RealtimeEvents>(name: Name, listener: (...args: RealtimeEvents[Name]) => void): () => void
  status(): LiveStatus
  presence(): Presence
  /** All rooms are joined in one call, and again after each disconnect, from the position of the stream. */
  start(rooms: readonly string[], from?: Position): void
  join(room: string, from?: Position): void
  leave(room: string): void
  /** Sent again after each disconnect, until it is changed. */
  setPresence(room: string, state: Record<string, unknown>): void
  updateTask(input: CommandInput<'task_update'>): Promise<Task>
  stop(): void
}

const answerWithinMs = 10_000
const sendAgainMs = 1_000

interface RealtimeDeps {
  url: string
  session: Session
  clock: Clock
  readEvents: ReadEvents
}

type Answer<N extends CommandName> = (CommandOutput<N> & { ok: true }) | { ok: false }

export function createRealtime({
  url,
  session,
  clock,
  readEvents,
  bulk = true,
}: RealtimeOptions & RealtimeDeps): Realtime {
  const connection = createConnection({ url, session, clock, bulk })
  const { socket } = connection
  const { on, emit } = createEmitter<RealtimeEvents>()
  const rooms = new Set<string>()
  const states = new Map<string, Record<string, unknown>>()
  /** Rooms whose last presence state still has to be sent. */
  const late = new Set<string>()
  let stream = emptyStream
  /** Whether the rooms have been joined on the present connection. */
  let isJoined = false
  const early = createEarlyEvents(emitEvent)
  let presence = nobody

  let isPaged = false
  let status: LiveStatus = connection.status()
  const pages = createEventPages({
    read: readEvents,
    wanted: () => (rooms.size === 0 ? null : { room: [...rooms], ...resumeFrom(stream) }),
    took: takePage,
    failed(error) {
      isPaged = false
      announce()
      if (isTaskwireError(error)) forgetRefused([...rooms], error)
    },
  })

  function announce() {
    const socketStatus = connection.status()
    const now = isPaged && socketStatus === 'reconnecting' ? 'paged' : socketStatus
    if (now !== status) emit('status', (status = now))
  }

  connection.on('status', socketStatus => {
    if (socketStatus === 'reconnecting') pages.start()
    else endPages()
    announce()
  })
  connection.on('signedOut', reason => emit('signedOut', reason))
  connection.on('up', () => {
    // Stopped only now, and before joining, because events that come both ways could come in either order.
    endPages()
    pages.start()
    early.forget()
    isJoined = false
    if (rooms.size === 0) return connection.settled()
    join([...rooms], resumeFrom(stream), connection.restart)
  })

  function endPages() {
    pages.stop()
    isPaged = false
  }

  function takePage({ epoch, recovered, results, next_since }: EventPage) {
    const begins = stream.position === null
    if (begins || !recovered) stream = { epoch, position: next_since, replay: null }
    if (!recovered) emit('reset')
    for (const { event, payload } of results) receive(event, payload)
    stream = { epoch, position: Math.max(stream.position ?? 0, next_since), replay: null }
    if (isPaged) return
    isPaged = true
    // Without a socket nobody reports who joins and leaves.
    presence = nobody
    emit('presence', presence)
    announce()
  }

  /**
   * With a callback and not a promise, because the answer must be processed before the next packet, which may be a
   * missed event.
   */
  function ask<N extends CommandName>(command: N, input: object, taken: (error: unknown, answer?: Answer<N>) => void) {
    socket.timeout(answerWithinMs).emit(command, input, taken)
  }

  function join(
    wanted: string[],
    from: { since?: number; epoch?: string },
    failed: (code?: string, leastMs?: number) => void,
  ) {
    ask('join_room', { rooms: wanted, ...from }, (error, answer) => {
      if (error) return failed()
      if (!answer?.ok) return refused(wanted, answer, failed)
      const { state, reset } = joined(answer, from.since)
      stream = state
      isJoined = true
      if (reset) {
        early.forget()
        emit('reset')
      }
      if (!stream.replay) early.emitUpTo(answer.offset)
      changePresence({ name: 'members', members: answer.members, member_counts: answer.member_counts })
      for (const room of wanted) if (states.has(room)) sendPresence(room)
      connection.settled()
    })
  }

  /** Joining is all or nothing. When some rooms are refused, join the others without them. */
  function refused(wanted: string[], answer: unknown, failed: (code?: string, leastMs?: number) => void) {
    const error = errorFrom(answer, 0)
    const { retry_after: seconds = 0 } = (error.details ?? {}) as { retry_after?: number }
    if (!forgetRefused(wanted, error)) return failed(error.code, seconds * 1_000)
    const rest = wanted.filter(room => rooms.has(room))
    if (rest.length === 0) return connection.settled()
    join(rest, resumeFrom(stream), failed)
  }

  function forgetRefused(wanted: string[], { code, fieldErrors }: TaskwireError): boolean {
    const out = wanted.filter(room => room in fieldErrors)
    for (const room of out) forget(room, code)
    return out.length > 0
  }

  function forget(room: string, reason: string) {
    rooms.delete(room)
    states.delete(room)
    changePresence({ name: 'room_left', room })
    emit('roomLeft', room, reason)
  }

  function changePresence(change: PresenceChange) {
    presence = reducePresence(presence, change)
    emit('presence', presence)
  }

  /** Sends the presence state. When it was sent too often, the latest state is sent again later. */
  function sendPresence(room: string) {
    ask('presence_set', { room, state: states.get(room) }, (error, answer) => {
      if (error || answer?.ok || errorFrom(answer, 0).code !== 'rate_limited' || late.has(room)) return
      late.add(room)
      setTimeout(() => {
        late.delete(room)
        if (states.has(room) && status === 'live') sendPresence(room)
      }, sendAgainMs)
    })
  }

  socket.onAny((name: string, payload: Record<string, unknown>) => {
    if (name === 'room_left') return forget(String(payload.room), String(payload.reason))
    if (isPresenceSignal(name)) return changePresence({ name, ...payload } as PresenceChange)
    if (name === 'job_updated') return emit('job', payload.job as Job)
    if (typeof payload?.offset !== 'number') return
    if (isJoined || rooms.size === 0) receive(name, payload)
    else if (isKnownEvent(name)) early.add(liveEvent(name, payload))
  })

  function emitEvent(event: LiveEvent) {
    emit('event', event)
    if (isPublished(event)) emit(event.name, event)
  }

  /** Takes an event of the log, from the socket or from a page. */
  function receive(name: string, payload: Record<string, unknown>) {
    const event = liveEvent(name, payload)
    const known = isKnownEvent(name)
    early.emitUpTo(event.offset - 1)
    const { state, deliver } = received(stream, event.offset, known ? weightOf(event) : 1)
    stream = state
    if (deliver && known) emitEvent(event)
    if (!stream.replay) early.emitUpTo(Infinity)
  }

  return {
    on,
    status: () => status,
    presence: () => presence,
    start(wanted, from) {
      for (const room of wanted) rooms.add(room)
      if (from) stream = { epoch: from.epoch, position: from.offset, replay: null }
      connection.start()
    },
    join(room, from) {
      if (rooms.has(room)) return
      rooms.add(room)
      const { epoch, position } = stream
      if (status === 'live') join([room], from ? { since: from.offset, epoch: from.epoch } : {}, connection.restart)
      else if (from && position !== null && from.epoch === epoch && from.offset < position)
        stream = { epoch, position: from.offset, replay: null }
    },
    leave(room) {
      rooms.delete(room)
      states.delete(room)
      changePresence({ name: 'room_left', room })
      if (socket.connected) ask('leave_room', { room }, () => {})
    },
    setPresence(room, state) {
      states.set(room, state)
      if (status === 'live') sendPresence(room)
    },
    updateTask: input =>
      new Promise((resolve, reject) => {
        if (!socket.connected) return reject(networkError(undefined))
        ask('task_update', input, (error, answer) => {
          if (error) reject(networkError(error))
          else if (answer?.ok) resolve(answer.task)
          else reject(errorFrom(answer, 0))
        })
      }),
    stop() {
      endPages()
      connection.stop()
    },
  }
}

const isPublished = (event: LiveEvent): event is PublishedEvent => isApplicationEvent(event.name)
