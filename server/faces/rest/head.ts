import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import { clientAddress } from '../../kernel/client-address.ts'
import { readCookies } from '../../kernel/cookies.ts'
import { checkHead, requestHost } from '../../kernel/request-head.ts'
import type { RequestState } from './request.ts'

/**
 * Determines the client and the requested host as the proxies in front report them, in the same way as the socket door.
 */
export const readHead =
  (trustProxy: number, basePath: string, isElsewhere: (req: IncomingMessage) => boolean): Middleware<RequestState> =>
  (ctx, next) => {
    ctx.state.isElsewhere = isElsewhere(ctx.req)
    ctx.request.ip = clientAddress(ctx.req, trustProxy)
    ctx.state.basePath = basePath
    ctx.state.host = requestHost(ctx.req, trustProxy)
    return next()
  }

/** Refuses ambiguous requests before any code has to interpret them. Files of the page need no cookies. */
export const refuseAmbiguous: Middleware<RequestState> = (ctx, next) => {
  checkHead(ctx.req)
  if (ctx.path.startsWith('/api')) readCookies(ctx.headers.cookie)
  return next()
}
