import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import assert from 'node:assert/strict'
import type { Instance } from './instance.ts'
import { type Connection, type OpenConnection, Refused } from './connection.ts'
import { type Message, messageOf } from './message.ts'
import type { Session } from './session.ts'

/** An API key with which a client connects. */
export interface FollowerKey {
  key: string
  permissions: ReadonlySet<string>
}

export interface FollowerOptions {
  name: string
  session: Session
  /** Connects with it in place of the session’s token, and is over when it works no more. */
  apiKey?: FollowerKey
  open: OpenConnection
  rooms: string[]
  bulk?: boolean
  /** The next instance after the given one was lost. */
  choose: (lost: Instance | null) => Instance
  /** The address to use for an instance; its own unless there is an additional proxy. */
  route?: (instance: Instance) => string
}

/**
 * A client as a careful application would write it, which runs until it is stopped: it remembers its position, goes to
 * another instance when the present one is gone, resumes all its rooms in one call, and renews its token. It keeps
 * everything that it receives, over all its connections.
 */
export interface Follower {
  readonly name: string
  readonly session: Session
  /** Of its API key, if it has one. */
  readonly permissions: ReadonlySet<string> | undefined
  /** Its API key works no more. */
  readonly isOver: boolean
  readonly got: Message[]
  /** The rooms that it is in; it gives up rooms that it may not be in any more. */
  readonly rooms: ReadonlySet<string>
  readonly bulk: boolean
  /** The position in the log from which on it must get everything: that of its first join. */
  readonly startedAt: number
  /** The instance at which it has joined its rooms, if any. */
  readonly at: Instance | null
  readonly connection: Connection | null
  /** Joins that could not be recovered; an application would reload. */
  readonly resets: number
  /** Connections, and joins that had missed something. */
  readonly connects: number
  readonly resumes: number
  /** Answers that no client should get, whatever goes wrong. */
  readonly oddities: string[]
  /** Resolves when it is live. */
  settled(withinMs?: number): Promise<void>
  /** Stays away until `comeBack`; closes without a disconnect if it is to look like a crash. */
  goAway(crash?: boolean): void
  comeBack(): void
  stop(): Promise<void>
}

const pauseMs = 100
const endsToken = ['token_expired', 'session_ended', 'unauthenticated']

export function follow(options: FollowerOptions): Follower {
  const { session, apiKey, open, choose, bulk = false } = options
  const got: Message[] = []
  const rooms = new Set(options.rooms)
  const oddities: string[] = []
  let at: Instance | null = null
  let connection: Connection | null = null
  let epoch = ''
  let [position, startedAt, resets, connects, resumes] = [0, 0, 0, 0, 0]
  let [stopped, away, over] = [false, false, false]

  function keep(message: Message) {
    // Events about the person may have earlier offsets than a first join.
    if (message.offset <= startedAt) return
    got.push(message)
    if (!message.early) position = Math.max(position, message.offset)
  }

  /** One connection, from its beginning to its end. Resolves with the code that the server gave for the end. */
  async function live(instance: Instance): Promise<string | null> {
    // Messages before a successful join count only together with it: a failed join must not move the position. They do not
    // move it afterwards either, because the join may replay older events.
    let early: Message[] | null = []
    let mine = true
    const opened = await open({
      url: options.route?.(instance) ?? instance.url,
      auth: { ...(apiKey ? { api_key: apiKey.key } : { token: session.token }), bulk },
      receive: (name, payload) => {
        if (!mine) return
        if (name === 'room_left') rooms.delete(payload.room)
        if (name === 'draining') setTimeout(() => opened.drop(), payload.retry_in_ms).unref()
        if (typeof payload?.offset !== 'number') return
        const message = { ...messageOf(name, payload), via: `${instance.name}${connects}` }
        if (early) early.push({ ...message, early: true })
        else keep(message)
      },
    })
    try {
      connection = opened
      connects++
      await join(opened)
      early.forEach(keep)
      early = null
      at = instance
      return await opened.ended
    } finally {
      mine = false
      at = connection = null
      if (opened.open) opened.drop()
    }
  }

  async function join(opened: Connection): Promise<void> {
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
    for (let lost: Instance | null = null; !stopped && !over;) {
      if (away) {
        await sleep(pauseMs / 2)
        continue
      }
      const instance = choose(lost)
      const { token } = session
      const code = await live(instance).catch((error: unknown) => (error instanceof Refused ? error.code : 'broken'))
      lost = instance
      if (apiKey && code === 'unauthenticated') over = true
      else if (code !== null && endsToken.includes(code)) await session.renew(token)
      else if (code !== null && !['broken', 'unavailable'].includes(code)) oddities.push(`${code} at ${instance.name}`)
      if (!stopped) await sleep(pauseMs * (0.5 + Math.random()))
    }
  }
  const running = run()

  return {
    name: options.name,
    session,
    permissions: apiKey?.permissions,
    get isOver() {
      return over
    },
    got,
    rooms,
    bulk,
    get startedAt() {
      return startedAt
    },
    get at() {
      return at
    },
    get connection() {
      return connection
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
      if (crash) connection?.drop()
      else connection?.close()
    },
    comeBack: () => void (away = false),
    stop: async () => {
      stopped = true
      connection?.close()
      connection?.drop()
      await running
    },
  }
}
