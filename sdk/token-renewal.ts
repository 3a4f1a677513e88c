import type { Socket } from 'socket.io-client'
import type { Session } from './session.ts'

const answerWithinMs = 10_000
const longestMs = 2 ** 31 - 1

/** Renews at this share of what is left, which leaves time for a failure or two and bears a clock that is a bit off. */
const share = 0.75

/**
 * A socket outlives its token unless it presents a new one. What the token says of itself a browser cannot read, so the
 * socket is asked: presenting the present token answers when it expires.
 */
export function keepTokenFresh(socket: Socket, session: Session) {
  let timer: ReturnType<typeof setTimeout> | undefined

  function present() {
    const token = session.token()
    socket
      .timeout(answerWithinMs)
      .emit(
        'authenticate',
        token === undefined ? {} : { token },
        (error: Error | null, answer?: { ok: boolean; expires_at?: string }) => {
          if (error || !answer?.ok || answer.expires_at === undefined) return
          const leftMs = Date.parse(answer.expires_at) - Date.now()
          schedule(Math.max(500, leftMs * share))
        },
      )
  }

  async function renew() {
    if (!session.mayRenew()) return
    try {
      await session.renew()
      if (socket.connected) present()
    } catch {
      // Over for good: the session has said so. Otherwise try again while the present token lasts.
      schedule(5_000)
    }
  }

  function schedule(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), Math.min(ms, longestMs))
  }

  return {
    start: present,
    stop: () => clearTimeout(timer),
  }
}
