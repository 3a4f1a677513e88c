import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Middleware } from 'koa'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import type { RequestState } from './request.ts'

/** Requests of one address by nobody who is signed in: a page has some twenty files. */
export const defaultStrangerPace: BudgetBounds = { perSecond: 300, atOnce: 600, mostDebtMs: 2_000 }

/** Nobody waits longer, so that a balancer's health checks never time out. */
const mostDelayMs = 1_000

/**
 * Delays what strangers ask beyond a pace, by address. Cheap requests cost little each, but ten connections that ask as
 * fast as they can would keep the event loop from everybody who is signed in. They are delayed and not refused, because
 * many people may share an address.
 */
export function paceStrangers(pace: BudgetBounds = defaultStrangerPace): Middleware<RequestState> {
  const budgets = createBudgets<string>(pace)
  /** Connections whose last request was by somebody who is signed in: what a new one brings may be made up. */
  const known = new WeakSet<Socket>()

  return async (ctx, next) => {
    const { socket } = ctx.req
    if (!known.has(socket)) {
      const delayMs = budgets.owe(addressKey(ctx.ip), 1)
      if (delayMs > 0) await sleep(Math.min(delayMs, mostDelayMs), undefined, { ref: false })
    }
    try {
      await next()
    } finally {
      if (ctx.state.scope?.person) known.add(socket)
      else known.delete(socket)
    }
  }
}
