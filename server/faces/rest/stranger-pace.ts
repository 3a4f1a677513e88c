import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Middleware } from 'koa'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import type { RequestState } from './request.ts'

/** Requests of one address by nobody who is signed in: a page has some twenty files. */
export const defaultStrangerPace: BudgetBounds = { perSecond: 300, atOnce: 300, mostDebtMs: 2_000 }

const freeAfterSignedIn = 20

/** Nobody waits longer, so that a balancer's health checks never time out. */
const mostDelayMs = 1_000

/**
 * Delays what strangers ask beyond a pace, by address. Cheap requests cost little each, but ten connections that ask as
 * fast as they can would keep the event loop from everybody who is signed in. They are delayed and not refused, because
 * many people may share an address.
 */
export function paceStrangers(pace: BudgetBounds = defaultStrangerPace): Middleware<RequestState> {
  const budgets = createBudgets<string>(pace)
  /**
   * Connections on which somebody was signed in, and how many requests more they may make without: a browser signs in
   * and loads the page on the same ones. Whatever a new connection brings may be made up.
   */
  const known = new WeakMap<Socket, number>()

  return async (ctx, next) => {
    const { socket } = ctx.req
    const left = known.get(socket) ?? 0
    if (left === 0) {
      const delayMs = budgets.owe(addressKey(ctx.ip), 1)
      if (delayMs > 0) await sleep(Math.min(delayMs, mostDelayMs), undefined, { ref: false })
    }
    try {
      await next()
    } finally {
      known.set(socket, ctx.state.scope?.person ? freeAfterSignedIn : Math.max(0, left - 1))
    }
  }
}
