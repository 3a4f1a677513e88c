import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import { PassThrough } from 'node:stream'
import type { Context } from 'koa'
import type { User } from '../../../contract/index.ts'
import type { FlagEvaluation } from '../../features/flags/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Known, KnownKey } from '../../kernel/known.ts'
import { assertCan } from '../../kernel/can.ts'
import { isSameSecret } from '../../kernel/same-secret.ts'

/** A proxy would close a silent connection. */
const heartbeatMs = 25_000
/** Afterwards the client opens a new one, and its session is checked again. */
const longestMs = 3600_000
const bounds = { perPerson: 50, ofAll: 10_000 }
/** Milliseconds that a client waits before it opens a broken stream again. */
const retryMs = 2_000
/** All streams are told of a change in so many pieces, over so much time. */
const [slices, spreadMs] = [20, 800]

const refetch = `data: ${JSON.stringify({ type: 'refetchEvaluation' })}\n\n`

export interface FlagStreams {
  /** What the address of a stream needs, because an EventSource of a browser sends no Authorization header. */
  ticketFor(caller: Pick<Known, 'sessionId' | 'key'>): string
  /** Answers with a stream that says when flags have changed, and nothing else. */
  open(ctx: Context): Promise<void>
  /** Ends all streams; clients open them again, at another instance. */
  close(): void
}

interface Deps {
  flags: FlagEvaluation
  key: string
  /** Both throw an AppError when the session or the key has ended, or the account is disabled. */
  sessionAccess: (sessionId: string) => Promise<{ person: User }>
  keyAccess: (id: number) => Promise<KnownKey>
}

export function createFlagStreams({ flags, key, sessionAccess, keyAccess }: Deps): FlagStreams {
  const secret = createSecretKey(new Uint8Array(hkdfSync('sha256', key, '', 'flag streams', 32)))
  const sealOf = (holder: string) => createHmac('sha256', secret).update(holder).digest('base64url')
  const streams = new Map<PassThrough, number>()
  let closed = false

  // Whoever has not read the last lines will read that something has changed, and needs no second line of it.
  const write = (stream: PassThrough, text: string) => {
    if (!stream.writableNeedDrain && !stream.writableEnded) stream.write(text)
  }
  const writeAll = (text: string) => {
    for (const stream of streams.keys()) write(stream, text)
  }
  let telling: NodeJS.Timeout | undefined
  /** Within a second, but not at once: thousands of clients would ask at the same moment. */
  function tellAll(): void {
    clearInterval(telling)
    const waiting = [...streams.keys()]
    const atOnce = Math.ceil(waiting.length / slices)
    const tellSome = () => {
      for (const stream of waiting.splice(0, atOnce)) write(stream, refetch)
      if (waiting.length === 0) clearInterval(telling)
    }
    tellSome()
    if (waiting.length > 0) telling = setInterval(tellSome, spreadMs / slices)
  }
  const stopListening = flags.onChange(tellAll)
  const heartbeat = setInterval(() => writeAll(': still here\n\n'), heartbeatMs)
  heartbeat.unref()

  async function personOf(holder: string): Promise<User> {
    const [, keyId] = /^key(\d+)$/.exec(holder) ?? []
    if (keyId === undefined) return (await sessionAccess(holder)).person
    const known = await keyAccess(Number(keyId))
    assertCan(known, 'flags:read')
    return known.person
  }

  function assertRoom(person: number): void {
    const own = [...streams.values()].filter(one => one === person).length
    if (own >= bounds.perPerson || streams.size >= bounds.ofAll)
      throw new AppError('rate_limited', 'There are too many streams; close one.', { retryAfter: 30 })
  }

  return {
    ticketFor({ sessionId, key: apiKey }) {
      const holder = sessionId ?? `key${apiKey!.id}`
      return `${holder}.${sealOf(holder)}`
    },

    async open(ctx) {
      const { ticket } = ctx.query
      const [holder = '', seal = ''] = typeof ticket === 'string' ? ticket.split('.') : []
      if (!isSameSecret(seal, sealOf(holder))) throw new AppError('unauthenticated', 'The ticket is not valid.')
      const person = await personOf(holder)
      // The client may have left meanwhile, and then its answer closes no more.
      if (ctx.res.closed || ctx.res.destroyed) return
      assertRoom(person.id)
      if (closed) throw new AppError('unavailable', 'This instance is stopping.', { retryAfter: 1 })
      const stream = new PassThrough()
      streams.set(stream, person.id)
      const timer = setTimeout(() => stream.end(), longestMs)
      timer.unref()
      stream.once('close', () => {
        clearTimeout(timer)
        streams.delete(stream)
      })
      ctx.res.once('close', () => stream.destroy())
      ctx.type = 'text/event-stream'
      // Proxies must neither keep nor collect what comes.
      ctx.set({ 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' })
      ctx.body = stream
      stream.write(`retry: ${retryMs}\n\n`)
    },

    close() {
      closed = true
      stopListening()
      clearInterval(heartbeat)
      clearInterval(telling)
      for (const stream of streams.keys()) stream.end()
    },
  }
}
