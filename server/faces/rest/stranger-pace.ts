import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Middleware } from 'koa'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'

/** Requests of one address by nobody who is signed in. */
export interface StrangerPace extends BudgetBounds {
  /** That are delayed or worked on at a time, since a delayed one is memory, too: beyond it they are refused. */
  inFlight: number
}

/** A page has some twenty files. */
export const defaultStrangerPace: StrangerPace = { perSecond: 300, atOnce: 300, mostDebtMs: 2_000, inFlight: 512 }

/** Of all addresses together. */
const mostInFlight = 4_096

/** A sign-in has some hundred bytes: whoever brings many more waits for the answer as if they came at this pace. */
const large = { bytes: 64 * 1024, perSecond: 512 * 1024 }

/** Nobody waits longer, so that a balancer's health checks never time out. */
const mostDelayMs = 1_000

/**
 * Delays what strangers ask beyond a pace, by address. Cheap requests cost little each, but ten connections that ask as
 * fast as they can would keep the event loop from everybody who is signed in. They are delayed and not refused, because
 * many people may share an address; only one that keeps hundreds waiting is refused more.
 *
 * @param isSignedIn whether a request shows a token of ours, which its person's turns bound; looks into no database
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
