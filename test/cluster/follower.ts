import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import assert from 'node:assert/strict'
import type { Instance } from './instance.ts'
import { type Line, type OpenLine, Refused } from './line.ts'
import { type Message, messageOf } from './message.ts'
import type { Session } from './session.ts'

export interface FollowerOptions {
  name: string
  session: Session
  open: OpenLine
  rooms: string[]
  bulk?: boolean
  /** Where to go next, having lost that one. */
  choose: (lost: Instance | null) => Instance
  /** The way to an instance; its own address unless there is a proxy more. */
  route?: (instance: Instance) => string
}

/**
 * A client as a careful application would write it, for as long as it is wanted: it remembers how far it got, goes to
 * another instance when its one is gone, resumes all its rooms in one call, and renews its token. Everything that it is
 * told is kept, over all its connections.
 */
export interface Follower {
  readonly name: string
  readonly session: Session
  readonly got: Message[]
  /** Those that it is in; one that it may not be in any more it gives up. */
  readonly rooms: ReadonlySet<string>
  readonly bulk: boolean
  /** The place in the log from which on everything is owed to it: its first join's. */
  readonly startedAt: number
  /** The instance at which it has joined its rooms, if any. */
  readonly at: Instance | null
  readonly line: Line | null
  /** Joins that could not be recovered; the application would reload. */
  readonly resets: number
  /** Connections, and the joins that had missed something. */
  readonly connects: number
  readonly resumes: number
  /** Answers that no client should get, whatever goes wrong. */
  readonly oddities: string[]
  /** Resolves when it is live. */
  settled(withinMs?: number): Promise<void>
  /** Stays away until `comeBack`; without saying goodbye if it is to look like a crash. */
  goAway(crash?: boolean): void
  comeBack(): void
  stop(): Promise<void>
}

const pauseMs = 100
const endsToken = ['token_expired', 'session_ended', 'unauthenticated']

export function follow(options: FollowerOptions): Follower {
  const { session, open, choose, bulk = false } = options
  const got: Message[] = []
  const rooms = new Set(options.rooms)
  const oddities: string[] = []
  let at: Instance | null = null
  let line: Line | null = null
  let epoch = ''
  let [position, startedAt, resets, connects, resumes] = [0, 0, 0, 0, 0]
  let [stopped, away] = [false, false]

  function keep(message: Message) {
    // What concerns the person may come from before the place at which a first join begins.
    if (message.offset <= startedAt) return
    got.push(message)
    if (!message.early) position = Math.max(position, message.offset)
  }

  /** One connection, from its beginning to its end. Resolves with the code that the server gave for the end. */
  async function live(instance: Instance): Promise<string | null> {
    // What comes before a join has worked is only counted together with it: a join that fails must not move the place. Nor
    // does it move the place afterwards, for what the join replays may be older.
    let early: Message[] | null = []
    let mine = true
    const opened = await open({
      url: options.route?.(instance) ?? instance.url,
      auth: { token: session.token, bulk },
      hear: (name, payload) => {
        if (!mine) return
        if (name === 'room_left') rooms.delete(payload.room)
        if (name === 'draining') setTimeout(() => opened.drop(), payload.retry_in_ms).unref()
        if (typeof payload?.offset !== 'number') return
        if (early) early.push({ ...messageOf(name, payload), early: true })
        else keep(messageOf(name, payload))
      },
    })
    try {
      line = opened
      connects++
      await join(opened)
      early.forEach(keep)
      early = null
      at = instance
      return await opened.ended
    } finally {
      mine = false
      at = line = null
      if (opened.open) opened.drop()
    }
  }

  async function join(opened: Line): Promise<void> {
    if (rooms.size === 0) return
    const since = epoch === '' ? {} : { since: position, epoch }
    const answer = await opened.call('join_room', { rooms: [...rooms], ...since }, 15_000)
    if (!answer.ok) {
      const refused: string[] | undefined = answer.error.details?.rooms
      if (!refused) throw new Refused(answer.error.code)
      for (const room of refused) rooms.delete(room)
      return join(opened)
    }
    if (epoch === '') startedAt = answer.offset
    if (epoch === '' || !answer.recovered) position = answer.offset
    if (!answer.recovered) {
      resets++
      oddities.push(`joined anew: ${JSON.stringify({ ...since, ...answer, members: undefined })}`)
    }
    if (answer.missed > 0) resumes++
    epoch = answer.epoch
  }

  async function run() {
    for (let lost: Instance | null = null; !stopped;) {
      if (away) {
        await sleep(pauseMs / 2)
        continue
      }
      const instance = choose(lost)
      const { token } = session
      const code = await live(instance).catch((error: unknown) => (error instanceof Refused ? error.code : 'broken'))
      lost = instance
      if (code !== null && endsToken.includes(code)) await session.renew(token)
      else if (code !== null && !['broken', 'unavailable'].includes(code)) oddities.push(`${code} at ${instance.name}`)
      if (!stopped) await sleep(pauseMs * (0.5 + Math.random()))
    }
  }
  const running = run()

  return {
    name: options.name,
    session,
    got,
    rooms,
    bulk,
    get startedAt() {
      return startedAt
    },
    get at() {
      return at
    },
    get line() {
      return line
    },
    get resets() {
      return resets
    },
    get connects() {
      return connects
    },
    get resumes() {
      return resumes
    },
    oddities,
    settled: (withinMs = 15_000) =>
      eventually(() => assert.ok(at, `${options.name} is not live`), { within: withinMs }),
    goAway: crash => {
      away = true
      if (crash) line?.drop()
      else line?.close()
    },
    comeBack: () => void (away = false),
    stop: async () => {
      stopped = true
      line?.close()
      line?.drop()
      await running
    },
  }
}
