import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Middleware } from 'koa'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'

/** Requests per address from clients that are not signed in. */
export interface StrangerPace extends BudgetBounds {
  /**
   * The number of requests that are delayed or in progress at a time. A delayed request takes memory too, so further
   * ones are refused.
   */
  inFlight: number
}

/** A page has some twenty files. */
export const defaultStrangerPace: StrangerPace = { perSecond: 300, atOnce: 300, mostDebtMs: 2_000, inFlight: 512 }

/** All addresses together. */
const mostInFlight = 4_096

/**
 * A sign-in has some hundred bytes. A client that sends many more waits for its answer as if the bytes had come at this
 * rate.
 */
const large = { bytes: 64 * 1024, perSecond: 512 * 1024 }

/** The longest delay, so that health checks of a balancer never time out. */
const mostDelayMs = 1_000

/**
 * Delays requests of clients that are not signed in, by address, when they come too fast. Each cheap request costs
 * little, but ten connections that send requests as fast as they can would keep the event loop from serving people who
 * are signed in. Requests are delayed and not refused, because many people may share an address; only an address that
 * keeps hundreds waiting is refused more.
 *
 * @param isSignedIn whether a request shows a token of ours, whose person is bounded by turns; makes no database
 *   query
 */
export function paceStrangers(
  isSignedIn: (ctx: Context) => boolean,
  pace: StrangerPace = defaultStrangerPace,
): Middleware {
  const budgets = createBudgets<string>(pace)
  const inFlight = new Map<string, number>()
  let ofAll = 0

  function begin(address: string) {
    const count = inFlight.get(address) ?? 0
    if (count >= pace.inFlight || ofAll >= mostInFlight) throw tooMany()
    inFlight.set(address, count + 1)
    ofAll++
  }

  function end(address: string) {
    const count = inFlight.get(address)! - 1
    if (count > 0) inFlight.set(address, count)
    else inFlight.delete(address)
    ofAll--
  }

  return async (ctx, next) => {
    if (isSignedIn(ctx)) return next()
    const address = addressKey(ctx.ip)
    const { socket } = ctx.req
    const before = socket.bytesRead
    begin(address)
    try {
      const delayMs = budgets.owe(address, 1)
      if (delayMs > 0) await sleep(Math.min(delayMs, mostDelayMs), undefined, { ref: false })
      await next()
    } finally {
      const brought = socket.bytesRead - before
      if (brought > large.bytes) await sleep(Math.min((1_000 * brought) / large.perSecond, mostDelayMs))
      end(address)
    }
  }
}

const tooMany = () => new AppError('rate_limited', 'Too many requests at once from this address.', { retryAfter: 1 })
