import type { Socket } from 'socket.io-client'
import { monotonicMs, type Clock } from '../client/clock.ts'
import type { Session } from '../client/session.ts'

const answerWithinMs = 10_000
const longestMs = 2 ** 31 - 1
const leastMs = 500
const againMs = 5_000

/** Renews after this share of the remaining time, which leaves time for a failure or two. */
const share = 0.75

interface Presented {
  ok: boolean
  expires_at?: string
  expires_in?: number
}

/**
 * A socket outlives its token only by presenting a new one. A browser cannot read the expiry of its token, so the
 * socket is asked: presenting the present token returns how long it is valid. That is a difference of the server's own
 * times; the end by this computer's clock would prove nothing.
 */
export function keepTokenFresh(socket: Socket, session: Session, clock: Clock) {
  let timer: ReturnType<typeof setTimeout> | undefined

  function present() {
    const token = session.token()
    const askedAt = monotonicMs()
    socket
      .timeout(answerWithinMs)
      .emit('authenticate', token === undefined ? {} : { token }, (error: Error | null, answer?: Presented) => {
        if (error || !answer?.ok || answer.expires_at === undefined) return
        const expiresMs = Date.parse(answer.expires_at)
        if (answer.expires_in !== undefined) clock.observe(expiresMs - (answer.expires_in + 1) * 1_000, 1_000, askedAt)
        // A server of the release before sends only the time of expiry.
        const leftMs = answer.expires_in === undefined ? expiresMs - clock.now() : answer.expires_in * 1_000
        schedule(Math.max(leastMs, leftMs * share))
      })
  }

  async function renew() {
    if (!session.mayRenew()) return
    try {
      await session.renew()
      if (socket.connected) present()
    } catch {
      // When the renewal was refused, the session has ended already. Otherwise try again while the present token is
      // valid.
      schedule(againMs)
    }
  }

  function schedule(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), Math.min(ms, longestMs))
  }

  return {
    start: () => {
      if (!session.hasKey) present()
    },
    stop: () => clearTimeout(timer),
  }
}
