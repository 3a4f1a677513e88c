import type { Middleware } from 'koa'
import type { RequestState } from './request.ts'

const health = /^\/api(\/v1)?\/(system\/)?health(\/|$)/

export const isHealth = (path: string): boolean => health.test(path)

/** Refuses all calls of the API, and evaluations of flags, but health while the data are being replaced. */
export const refuseInMaintenance =
  (assertOpen: () => void): Middleware<RequestState> =>
  (ctx, next) => {
    if (/^\/(api|ofrep)(\/|$)/.test(ctx.path) && !isHealth(ctx.path)) assertOpen()
    return next()
  }
