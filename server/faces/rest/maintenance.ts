import type { Middleware } from 'koa'
import type { RequestState } from './request.ts'

/** What answers during a maintenance: health. Metrics and the page are outside of the API. */
const open = /^\/api(\/v1)?\/(system\/)?health(\/|$)/

/** Refuses all calls of the API, and evaluations of flags, but health while the data are being replaced. */
export const refuseInMaintenance =
  (assertOpen: () => void): Middleware<RequestState> =>
  (ctx, next) => {
    if (/^\/(api|ofrep)(\/|$)/.test(ctx.path) && !open.test(ctx.path)) assertOpen()
    return next()
  }
