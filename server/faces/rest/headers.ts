import helmet from 'helmet'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'
import { videoThumbnailHosts } from '../../../contract/index.ts'

const page = {
  'default-src': ["'self'"],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'img-src': ["'self'", 'data:', ...videoThumbnailHosts.map(host => `https://${host}`)],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
}
const api = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }

/** What browsers are told to refuse. Answers of the API are data: nothing in them may be run, framed or kept. */
export function securityHeaders({ secure }: { secure: boolean }): Middleware {
  const forPage = headersOf(page, secure)
  const forApi = apiHeaders({ secure })
  return (ctx, next) => {
    ctx.set(ctx.path.startsWith('/api') ? forApi : forPage)
    return next()
  }
}

/** What every answer carries that is data and no page, also those of the sockets' door. */
export const apiHeaders = ({ secure }: { secure: boolean }): Record<string, string> => ({
  ...headersOf(api, secure),
  'Cache-Control': 'no-store',
})

/** They are the same for every request, so helmet is asked once and not each time. */
function headersOf(directives: Record<string, string[]>, secure: boolean): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = { setHeader: (name: string, value: string) => void (headers[name] = value), removeHeader: () => {} }
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    hsts: secure,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  ask({} as IncomingMessage, response as unknown as ServerResponse, () => {})
  return headers
}
