import helmet from 'helmet'
import type { Middleware } from 'koa'

const page = {
  'default-src': ["'self'"],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
}
const api = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }

/** What browsers are told to refuse. Answers of the API are data: nothing in them may be run, framed or kept. */
export function securityHeaders({ secure }: { secure: boolean }): Middleware {
  const common = { hsts: secure, referrerPolicy: { policy: 'no-referrer' }, xFrameOptions: { action: 'deny' } } as const
  const policy = (directives: Record<string, string[]>) =>
    helmet({ ...common, contentSecurityPolicy: { useDefaults: false, directives } })
  const [forApi, forPage] = [policy(api), policy(page)]
  return async (ctx, next) => {
    const isApi = ctx.path.startsWith('/api')
    await new Promise<void>((resolve, reject) =>
      (isApi ? forApi : forPage)(ctx.req, ctx.res, error => (error ? reject(error) : resolve())),
    )
    if (isApi) ctx.set('Cache-Control', 'no-store')
    return next()
  }
}
